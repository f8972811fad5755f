import fc from "fast-check";
import { describe, test } from "vitest";
import { anyKeyValues, refusalOf } from "../../test/arbitraries.ts";
import { createAction, encodeAction, encodeActionSummary, updateAction } from "./action.ts";
import type { ActionPut } from "./action-put.ts";
import type { Action } from "./entity.ts";
import type { CodeExec, SequenceExec } from "./exec.ts";
import { UPSTREAM_LIMITS } from "./limits.ts";
import { parseEntityName } from "./names.ts";
import { type KeyValue, mergeKeyValues } from "./parameters.ts";

const code: CodeExec = { type: "code", kind: "nodejs:24", binary: false };
const sequence: SequenceExec = { type: "sequence", kind: "sequence", components: ["/ns/a", "/ns/b"] };
const creation = { namespace: "ns/pkg", name: parseEntityName("hello"), now: 1000, system: UPSTREAM_LIMITS };
const create = (put: ActionPut = { exec: code }) => createAction(put, creation);
const update = (old: Action, put: ActionPut) => updateAction(old, put, 2000, UPSTREAM_LIMITS);
const list = (object: Record<string, KeyValue["value"]>): KeyValue[] =>
  Object.entries(object).map(([key, value]) => ({ key, value }));

describe("an action that is created", () => {
  test("gets defaults and the server's annotations", ({ expect }) => {
    expect(create()).toEqual({
      entityType: "action",
      namespace: "ns/pkg",
      name: "hello",
      version: "0.0.1",
      publish: false,
      updated: 1000,
      exec: code,
      parameters: [],
      limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 },
      annotations: list({ "provide-api-key": false, exec: "nodejs:24" }),
    });
  });

  test("gets what is given", ({ expect }) => {
    const parameters = list({ p: 1 });
    const action = create({ exec: code, parameters, limits: { memory: 512 }, version: "3.0.0", publish: true });
    expect(action).toMatchObject({ parameters, version: "3.0.0", publish: true });
    expect(action.limits).toEqual({ timeout: 60_000, memory: 512, logs: 10, concurrency: 1 });
  });

  test("needs an exec", ({ expect }) => {
    expect(refusalOf(() => create({}))).toBe("exec undefined");
  });

  test("keeps the provide-api-key that it is given, even null, but never the exec", ({ expect }) => {
    const annotations = list({ exec: "mine", "provide-api-key": null });
    expect(create({ exec: code, annotations }).annotations).toEqual(
      list({ exec: "nodejs:24", "provide-api-key": null }),
    );
  });

  test("goes without provide-api-key where the deployment does not ask for it", ({ expect }) => {
    const action = createAction({ exec: code }, { ...creation, requireApiKeyAnnotation: false });
    expect(action.annotations).toEqual(list({ exec: "nodejs:24" }));
  });

  test("ignores deletions of annotations", ({ expect }) => {
    const action = create({ exec: code, annotations: list({ a: 1 }), delAnnotations: ["a", "exec"] });
    expect(action.annotations).toEqual(list({ a: 1, "provide-api-key": false, exec: "nodejs:24" }));
  });

  test("as a sequence has its components as its only parameter", ({ expect }) => {
    const action = create({ exec: sequence, parameters: list({ p: 1 }) });
    expect(action.parameters).toEqual(list({ _actions: ["/ns/a", "/ns/b"] }));
    expect(action.annotations).toEqual(list({ "provide-api-key": false, exec: "sequence" }));
  });
});

describe("an action that is updated", () => {
  const old = create({ exec: code, parameters: list({ p: 1 }), annotations: list({ a: 1, b: 2 }), publish: true });

  test("keeps all that is not given, under the next version", ({ expect }) => {
    expect(update(old, {})).toEqual({ ...old, version: "0.0.2", updated: 2000 });
  });

  test("takes a given version as it is, also backwards", ({ expect }) => {
    expect(update({ ...old, version: "5.0.0" }, { version: "0.0.1" }).version).toBe("0.0.1");
  });

  test("replaces parameters and merges annotations and limits", ({ expect }) => {
    const put: ActionPut = {
      parameters: list({ q: 1 }),
      annotations: list({ b: 3, c: 4 }),
      limits: { logs: 0, instances: 2 },
    };
    const action = update(old, put);
    expect(action.parameters).toEqual(list({ q: 1 }));
    expect(action.annotations).toEqual(list({ a: 1, b: 3, "provide-api-key": false, exec: "nodejs:24", c: 4 }));
    expect(action.limits).toEqual({ ...old.limits, logs: 0, instances: 2 });
  });

  test("drops annotations before it merges, and gets no provide-api-key again", ({ expect }) => {
    const put: ActionPut = { delAnnotations: ["a", "b", "provide-api-key", "exec", "z"], annotations: list({ a: 9 }) };
    expect(update(old, put).annotations).toEqual(list({ a: 9, exec: "nodejs:24" }));
  });

  test("keeps the annotations that a body with a sequence deletes", ({ expect }) => {
    const { annotations } = update(old, { exec: sequence, delAnnotations: ["a"] });
    expect(annotations).toEqual(list({ a: 1, b: 2, "provide-api-key": false, exec: "sequence" }));
  });

  test("takes given parameters whole and merges given annotations by key, whatever they are", ({ expect }) => {
    fc.assert(
      fc.property(
        anyKeyValues,
        anyKeyValues,
        anyKeyValues,
        anyKeyValues,
        (oldParameters, oldAnnotations, parameters, annotations) => {
          const before = create({ exec: code, parameters: oldParameters, annotations: oldAnnotations });
          const after = update(before, { parameters, annotations });
          expect(after.parameters).toEqual(parameters);
          const execAnnotation = list({ exec: "nodejs:24" });
          expect(after.annotations).toEqual(
            mergeKeyValues(mergeKeyValues(before.annotations, annotations), execAnnotation),
          );
          expect(update(after, { parameters, annotations }).annotations).toEqual(after.annotations);
        },
      ),
    );
  });

  describe("from or to a sequence", () => {
    const oldSequence = create({ exec: sequence });
    const parameters = list({ q: 1 });
    const components = list({ _actions: ["/ns/a", "/ns/b"] });

    test("becoming one, loses its parameters to the components", ({ expect }) => {
      expect(update(old, { exec: sequence, parameters }).parameters).toEqual(components);
    });

    test("ceasing to be one, has the given parameters or none", ({ expect }) => {
      expect(update(oldSequence, { exec: code, parameters }).parameters).toEqual(parameters);
      expect(update(oldSequence, { exec: code }).parameters).toEqual([]);
    });

    test("staying one without an exec, keeps its parameters whatever is sent", ({ expect }) => {
      expect(update(oldSequence, { parameters }).parameters).toEqual(components);
    });

    test("staying code with a new exec, keeps its parameters unless others are sent", ({ expect }) => {
      expect(update(old, { exec: code }).parameters).toEqual(list({ p: 1 }));
      expect(update(old, { exec: code, parameters }).parameters).toEqual(parameters);
    });
  });
});

describe("an action is shown", () => {
  const action = create({ exec: { ...code, main: "m" }, parameters: [{ key: "p", value: 1, init: true }] });
  const common = {
    namespace: "ns/pkg",
    name: "hello",
    version: "0.0.1",
    publish: false,
    updated: 1000,
    limits: { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 },
    annotations: list({ "provide-api-key": false, exec: "nodejs:24" }),
  };

  test("with its code", ({ expect }) => {
    expect(encodeAction(action, { code: "x" })).toEqual({
      ...common,
      exec: { kind: "nodejs:24", code: "x", binary: false, main: "m" },
      parameters: [{ key: "p", value: 1, init: true }],
    });
  });

  test("without its code, as read through a binding", ({ expect }) => {
    expect(encodeAction(action, { binding: "me/bound", parameters: [] })).toEqual({
      ...common,
      exec: { kind: "nodejs:24", binary: false, main: "m" },
      parameters: [],
      binding: "me/bound",
    });
  });

  test("in a listing without parameters, and with no more of its exec than whether it is binary", ({ expect }) => {
    expect(encodeActionSummary(action)).toEqual({ ...common, exec: { binary: false } });
  });
});
