import { runInNewContext } from "node:vm";
import type { Json, JsonObject } from "@meringue/core";
import { describe, test } from "vitest";
import { activationDesigns, entityDesigns, subjectDesigns } from "./design-documents.ts";
import { type DesignDocument, designJson } from "./map-function.ts";

/** Runs a view's map as CouchDB does. @returns what it emits, as `[key, value]`. */
function emitted(designs: readonly DesignDocument[], design: string, view: string, doc: JsonObject): Json {
  const found = designs.find(({ name }) => name === design)?.views[view];
  if (found === undefined) throw new Error(`There is no view ${design}/${view}.`);
  const rows: Json[] = [];
  runInNewContext(`(${found.map})(doc)`, { doc, emit: (key: Json, value: Json) => rows.push([key, value]) });
  return JSON.parse(JSON.stringify(rows)) as Json;
}

const common = { version: "0.0.1", publish: false, annotations: [], updated: 7 };
const entity = (over: JsonObject): JsonObject => ({ namespace: "guest", name: "x", ...common, ...over });
const summary = { namespace: "guest", name: "x", ...common };

describe("views of entities", () => {
  const rows = (view: string, doc: JsonObject) => emitted(entityDesigns, "whisks.v2.1.0", view, doc);
  const limits = { memory: 256 };

  test("an action is under its namespace, one in a package under both", ({ expect }) => {
    const value = { ...summary, limits, exec: { binary: false } };
    expect(rows("actions", entity({ exec: { kind: "sequence" }, limits }))).toEqual([[["guest", 7], value]]);

    const packed = { ...value, namespace: "guest/pkg", exec: { binary: true } };
    expect(rows("actions", entity({ namespace: "guest/pkg", exec: { binary: true }, limits }))).toEqual([
      [["guest/pkg", 7], packed],
      [["guest", 7], packed],
    ]);
  });

  test("a package shows its binding or false, and is public when it is published and no binding", ({ expect }) => {
    const binding = { namespace: "a", name: "b" };
    expect(rows("packages", entity({ binding: {} }))).toEqual([[["guest", 7], { ...summary, binding: false }]]);
    expect(rows("packages", entity({ binding }))).toEqual([[["guest", 7], { ...summary, binding }]]);
    expect(rows("packages-public", entity({ binding: {} }))).toEqual([]);
    expect(rows("packages-public", entity({ binding, publish: true }))).toEqual([]);
    expect(rows("packages-public", entity({ binding: {}, publish: true }))).toEqual([
      [["guest", 7], { ...summary, publish: true, binding: false }],
    ]);
  });

  test("a rule emits 1, a trigger its summary, and each is found by its own view only", ({ expect }) => {
    const all = {
      actions: entity({ exec: {}, parameters: [] }),
      packages: entity({ binding: {}, parameters: [] }),
      rules: entity({ trigger: {}, action: {} }),
      triggers: entity({ parameters: [], limits: {} }),
    };
    expect(rows("rules", all.rules)).toEqual([[["guest", 7], 1]]);
    expect(rows("triggers", all.triggers)).toEqual([[["guest", 7], summary]]);
    for (const view of Object.keys(all)) {
      for (const [kind, doc] of Object.entries(all)) {
        expect(rows(view, doc), `${view} of ${kind}`).toHaveLength(view === kind ? 1 : 0);
      }
    }
  });
});

describe("views of subjects", () => {
  const keys = [
    { name: "a", uuid: "u1", key: "k1" },
    { name: "b", uuid: "u2", key: "k2" },
  ];

  test("an identity is found by its namespace and by its key pair, unless it is blocked", ({ expect }) => {
    const rows = (doc: JsonObject) => emitted(subjectDesigns, "subjects.v2.0.0", "identities", doc);
    const value = (name: string, n: number) => ({
      _id: `${name}/limits`,
      namespace: name,
      uuid: `u${n}`,
      key: `k${n}`,
    });
    expect(rows({ _id: "s", subject: "s", namespaces: keys })).toEqual([
      [["a"], value("a", 1)],
      [["u1", "k1"], value("a", 1)],
      [["b"], value("b", 2)],
      [["u2", "k2"], value("b", 2)],
    ]);
    expect(rows({ _id: "s", subject: "s", namespaces: keys, blocked: true })).toEqual([]);
    expect(rows({ _id: "a/limits", firesPerMinute: 1 })).toEqual([]);
  });

  test("a namespace is blocked by its limits or by its subject", ({ expect }) => {
    const rows = (doc: JsonObject) => emitted(subjectDesigns, "namespaceThrottlings", "blockedNamespaces", doc);
    expect(rows({ _id: "a/limits", concurrentInvocations: 0 })).toEqual([["a", 1]]);
    expect(rows({ _id: "a/limits", invocationsPerMinute: 0 })).toEqual([["a", 1]]);
    expect(rows({ _id: "a/limits", invocationsPerMinute: 1 })).toEqual([]);
    expect(rows({ _id: "s", subject: "s", namespaces: keys, blocked: true })).toEqual([
      ["a", 1],
      ["b", 1],
    ]);
    expect(rows({ _id: "s", subject: "s", namespaces: keys, blocked: false })).toEqual([]);
  });
});

describe("views of activations", () => {
  const record = {
    _id: "guest/1",
    _rev: "1-a",
    namespace: "guest",
    name: "hello",
    version: "0.0.1",
    publish: false,
    annotations: [{ key: "path", value: "guest/hello" }],
    activationId: "1",
    start: 10,
    end: 30,
    duration: 25,
    subject: "guest",
    response: { statusCode: 2 },
    logs: ["x"],
  };
  const value = {
    namespace: "guest",
    name: "hello",
    version: "0.0.1",
    publish: false,
    annotations: record.annotations,
    activationId: "1",
    start: 10,
    end: 30,
    duration: 20,
    statusCode: 2,
  };

  test("a record is listed by its start, without its logs and result", ({ expect }) => {
    const rows = (doc: JsonObject) => emitted(activationDesigns, "whisks.v2.1.0", "activations", doc);
    expect(rows(record)).toEqual([[["guest", 10], value]]);
    expect(rows({ ...record, cause: "c" })).toEqual([[["guest", 10], { ...value, cause: "c" }]]);

    const { end: _, duration: __, statusCode: ___, ...fired } = value;
    expect(rows({ ...record, end: 0 })).toEqual([[["guest", 10], fired]]);
    expect(rows(entity({ exec: {} }))).toEqual([]);
  });

  test.for([
    [[{ key: "path", value: "guest/hello" }], "guest/hello"],
    [[{ key: "path", value: "guest/pkg/hello" }], "guest/pkg/hello"],
    [
      [
        { key: "path", value: "whisk.system/utils/hello" },
        { key: "binding", value: "guest/mine" },
      ],
      "guest/mine/hello",
    ],
    [[], "guest/hello"],
    [[{ key: "path", value: 3 }], "guest/hello"],
  ] as const)("with the annotations %j it is found under %s", ([annotations, path], { expect }) => {
    const doc = { ...record, annotations: [...annotations] };
    expect(emitted(activationDesigns, "whisks-filters.v2.1.1", "activations", doc)).toEqual([
      [[path, 10], { ...value, annotations }],
    ]);
  });

  test("cleaners find records by date, and those with logs that are no sequence's", ({ expect }) => {
    expect(emitted(activationDesigns, "activations", "byDate", record)).toEqual([[10, ["guest/1", "1-a"]]]);
    const withLogs = (doc: JsonObject) => emitted(activationDesigns, "logCleanup", "byDateWithLogs", doc);
    expect(withLogs(record)).toEqual([[10, "guest/1"]]);
    expect(withLogs({ ...record, logs: [] })).toEqual([]);
    expect(withLogs({ ...record, annotations: [{ key: "kind", value: "sequence" }] })).toEqual([]);
  });
});

describe("design documents", () => {
  test("have upstream's names, and views that count where upstream's do", ({ expect }) => {
    const names = [subjectDesigns, entityDesigns, activationDesigns].map((designs) => designs.map(({ name }) => name));
    expect(names).toEqual([
      ["subjects.v2.0.0", "namespaceThrottlings", "snapshotFilters"],
      ["whisks.v2.1.0", "snapshotFilters"],
      ["whisks.v2.1.0", "whisks-filters.v2.1.1", "activations", "logCleanup", "snapshotFilters"],
    ]);
    const reduces = entityDesigns.flatMap(({ views }) => Object.values(views).map(({ reduce }) => reduce));
    expect(reduces).toEqual(["_count", "_count", "_count", "_count", "_count"]);
  });

  test("speak the JavaScript of old query servers: no arrows, no let, no templates", ({ expect }) => {
    for (const design of [...subjectDesigns, ...entityDesigns, ...activationDesigns]) {
      expect(JSON.stringify(designJson(design))).not.toMatch(/=>|\b(let|const|class)\b|`/);
    }
  });
});
