import { describe, test } from "vitest";
import { conductorInput, formOf, readConductorRequest, resolveActionName } from "./conductor.ts";
import type { Exec } from "./exec.ts";
import type { Json } from "./json.ts";
import type { EntityName } from "./names.ts";

const code: Exec = { type: "code", kind: "nodejs:24", binary: false };
const sequence: Exec = { type: "sequence", kind: "sequence", components: [] };
const guest = "guest" as EntityName;

describe("the form of an action", () => {
  test.for([
    [true, "composition"],
    ["false", "composition"],
    [1, "composition"],
    [{}, "composition"],
    [false, "simple"],
    [0, "simple"],
    ["", "simple"],
    [null, "simple"],
  ] as const)("with conductor: %j is a %s", ([value, form], { expect }) => {
    expect(formOf({ exec: code, annotations: [{ key: "conductor", value }] })).toBe(form);
    expect(formOf({ exec: sequence, annotations: [{ key: "conductor", value }] })).toBe("sequence");
  });

  test("without the annotation is simple", ({ expect }) => {
    expect(formOf({ exec: code, annotations: [] })).toBe("simple");
  });
});

describe("what a conductor returns", () => {
  test("is read member by member", ({ expect }) => {
    expect(readConductorRequest({ params: { a: 1 }, state: { b: 2 }, action: "x", more: 1 })).toEqual({
      params: { a: 1 },
      state: { b: 2 },
      action: "x",
    });
    expect(readConductorRequest({})).toEqual({ params: undefined, state: undefined, action: undefined });
  });

  test("has params and state put into objects", ({ expect }) => {
    expect(readConductorRequest({ params: [1], state: null, action: null })).toEqual({
      params: { value: [1] },
      state: { state: null },
      action: null,
    });
  });
});

describe("what a conductor is given", () => {
  test("is the input overlaid with its state", ({ expect }) => {
    expect(conductorInput({ a: 1, b: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
    expect(conductorInput({ a: 1 }, undefined)).toEqual({ a: 1 });
  });

  test("is nothing, not even the state, when the input is no object", ({ expect }) => {
    expect([conductorInput([1], { b: 2 }), conductorInput(undefined, { b: 2 })]).toEqual([undefined, undefined]);
  });
});

describe("the name that a conductor gives", () => {
  test.for<[Json, string | undefined]>([
    ["a", "/guest/a"],
    ["p/a", "/guest/p/a"],
    ["ns/p/a", "/ns/p/a"],
    ["_/p/a", "/guest/p/a"],
    ["/ns/a", "/ns/a"],
    ["/_/a", "/guest/a"],
    ["/ns/p/a", "/ns/p/a"],
    ["//ns//a/", "/ns/a"],
    ["_/a", "/guest/_/a"],
    ["/a", undefined],
    ["a/b/c/d", undefined],
    ["/a/b/c/d", undefined],
    ["", undefined],
    ["/", undefined],
    ["a b?", undefined],
    ["p/", "/guest/p"],
    [null, undefined],
    [1, undefined],
    [{ path: "guest", name: "a" }, undefined],
  ])("%j means %s", ([name, path], { expect }) => {
    expect(resolveActionName(name, guest)).toBe(path);
  });
});
