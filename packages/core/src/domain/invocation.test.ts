import fc from "fast-check";
import { describe, test } from "vitest";
import { anyJson, anyKeyValues, refusalOf } from "../../test/arbitraries.ts";
import { checkFinal, decodePayload, mergeArguments } from "./invocation.ts";
import type { JsonObject } from "./json.ts";
import { type KeyValue, mergeKeyValues, toObject } from "./parameters.ts";

const anyPayload: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), anyJson);

describe("the payload of an invocation", () => {
  test("is an object, empty without a body", ({ expect }) => {
    expect(decodePayload(undefined)).toEqual({});
    expect(decodePayload({ a: 1 })).toEqual({ a: 1 });
  });

  test.for([null, [], [{}], "x", 1, true])("is not %j", (json, { expect }) => {
    expect(refusalOf(() => decodePayload(json))).toBe("JSON object expected");
  });
});

describe("the arguments of an action", () => {
  test("are its parameters overlaid with the payload", ({ expect }) => {
    const parameters: KeyValue[] = [
      { key: "a", value: 1 },
      { key: "b", value: { deep: 1 } },
    ];
    expect(mergeArguments(parameters, { b: { other: 2 }, c: null })).toEqual({ a: 1, b: { other: 2 }, c: null });
  });

  test("follow the precedence package < binding < action < payload, whatever the keys", ({ expect }) => {
    fc.assert(
      fc.property(anyKeyValues, anyKeyValues, anyKeyValues, anyPayload, (provider, binding, action, payload) => {
        const merged = mergeArguments(mergeKeyValues(mergeKeyValues(provider, binding), action), payload);
        const layers = [toObject(provider), toObject(binding), toObject(action), payload];
        const keys = new Set(layers.flatMap((layer) => Object.keys(layer)));
        expect(new Set(Object.keys(merged))).toEqual(keys);
        for (const key of keys) {
          const highest = layers.findLast((layer) => Object.hasOwn(layer, key));
          expect(Object.entries(merged)).toContainEqual([key, Object.getOwnPropertyDescriptor(highest, key)?.value]);
        }
      }),
    );
  });
});

describe("final parameters", () => {
  const final: KeyValue[] = [{ key: "final", value: true }];
  const parameters: KeyValue[] = [
    { key: "a", value: 1 },
    { key: "open", value: null },
    { key: "off", value: false },
  ];
  const text = "Request defines parameters that are not allowed (e.g., reserved properties).";

  test("may not be named by the payload", ({ expect }) => {
    expect(refusalOf(() => checkFinal(final, parameters, { a: 1 }))).toBe(text);
    expect(refusalOf(() => checkFinal(final, parameters, { off: null }))).toBe(text);
  });

  test("are only those that have a value", ({ expect }) => {
    expect(refusalOf(() => checkFinal(final, parameters, { open: 1, other: 2 }))).toBeUndefined();
    expect(refusalOf(() => checkFinal(final, [{ key: "toString", value: 1 }], {}))).toBeUndefined();
  });

  test.for([false, "true", 1, null, undefined])("are not final when the annotation is %j", (value, { expect }) => {
    const annotations = value === undefined ? [] : [{ key: "final", value }];
    expect(refusalOf(() => checkFinal(annotations, parameters, { a: 1 }))).toBeUndefined();
  });
});
