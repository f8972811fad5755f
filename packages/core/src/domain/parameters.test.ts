import fc from "fast-check";
import { describe, test } from "vitest";
import { anyJson, anyKeyValue, anyKeyValues, refusalOf } from "../../test/arbitraries.ts";
import {
  checkSize,
  decodeKeyValues,
  encodeKeyValues,
  getValue,
  initNames,
  isTruthy,
  type KeyValue,
  mergeKeyValues,
  sizeOf,
  toObject,
} from "./parameters.ts";

function byKey(list: readonly KeyValue[]): Map<string, KeyValue> {
  return new Map(list.map((item) => [item.key, item]));
}

describe("parameters in a body", () => {
  test("keep null, init and encryption, and lose what is unknown", ({ expect }) => {
    const decoded = decodeKeyValues([
      { key: "a", value: null },
      { key: "b", value: 1, init: true, other: 1 },
      { key: "c", value: "x", init: false },
      { key: "d", value: "x", encryption: "aes-256" },
      { key: "e", value: "x", init: true, encryption: "aes-128" },
      { key: "f", value: "x", init: false, encryption: null },
      { key: "", value: {} },
    ]);
    expect(decoded).toEqual([
      { key: "a", value: null },
      { key: "b", value: 1, init: true },
      { key: "c", value: "x" },
      { key: "d", value: "x", encryption: "aes-256" },
      { key: "e", value: "x", init: true, encryption: "aes-128" },
      { key: "f", value: "x" },
      { key: "", value: {} },
    ]);
  });

  test("take the last of two with one key", ({ expect }) => {
    const decoded = decodeKeyValues([
      { key: "a", value: 1, init: true },
      { key: "b", value: 2 },
      { key: "a", value: 3 },
    ]);
    expect(decoded).toEqual([
      { key: "a", value: 3 },
      { key: "b", value: 2 },
    ]);
  });

  test.for([
    {},
    "a",
    null,
    [1],
    [null],
    [[]],
    [{}],
    [{ key: "a" }],
    [{ value: 1 }],
    [{ value: "a", init: true }],
    [{ key: 1, value: 1 }],
    [{ key: "a", init: true }],
    [{ key: "a", value: 1, init: null }],
    [{ key: "a", value: 1, init: "true" }],
    [{ key: "a", value: 1, encryption: null }],
    [{ key: "a", value: 1, encryption: 1 }],
    [{ key: "a", value: 1, init: true, encryption: 1 }],
  ])("may not be %j", (json, { expect }) => {
    expect(refusalOf(() => decodeKeyValues(json))).toBe("parameters malformed!");
  });

  test("come back as they were", ({ expect }) => {
    fc.assert(
      fc.property(anyKeyValues, (list) => {
        expect(decodeKeyValues(encodeKeyValues(list))).toEqual(list);
      }),
    );
  });

  test("never end in anything but a list or the one complaint", ({ expect }) => {
    fc.assert(
      fc.property(anyJson, (json) => {
        expect([undefined, "parameters malformed!"]).toContain(refusalOf(() => decodeKeyValues(json)));
      }),
    );
  });
});

describe("merging parameters", () => {
  test("replaces at the place of the old and appends the new", ({ expect }) => {
    const lower: KeyValue[] = [
      { key: "a", value: 1, init: true },
      { key: "b", value: 2 },
    ];
    expect(
      mergeKeyValues(lower, [
        { key: "c", value: 3 },
        { key: "a", value: null },
      ]),
    ).toEqual([
      { key: "a", value: null },
      { key: "b", value: 2 },
      { key: "c", value: 3 },
    ]);
  });

  test("takes every key from the higher list that has it, and from the lower one otherwise", ({ expect }) => {
    fc.assert(
      fc.property(anyKeyValues, anyKeyValues, (lower, higher) => {
        const merged = byKey(mergeKeyValues(lower, higher));
        const expected = new Map([...byKey(lower), ...byKey(higher)]);
        expect(merged).toEqual(expected);
      }),
    );
  });

  test("is idempotent, associative, and leaves its inputs alone", ({ expect }) => {
    fc.assert(
      fc.property(anyKeyValues, anyKeyValues, anyKeyValues, (a, b, c) => {
        const before = structuredClone([a, b]);
        const once = mergeKeyValues(a, b);
        expect(mergeKeyValues(once, b)).toEqual(once);
        expect(mergeKeyValues(a, a)).toEqual(a);
        expect(mergeKeyValues(mergeKeyValues(a, b), c)).toEqual(mergeKeyValues(a, mergeKeyValues(b, c)));
        expect([a, b]).toEqual(before);
      }),
    );
  });
});

describe("the size of parameters", () => {
  test("is that of keys and compact values in UTF-8", ({ expect }) => {
    expect(sizeOf([])).toBe(0);
    expect(sizeOf([{ key: "é", value: "ü" }])).toBe(2 + 4);
    expect(sizeOf([{ key: "a", value: { b: [1, null] }, init: true }])).toBe(1 + '{"b":[1,null]}'.length);
  });

  test("adds up", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(anyKeyValue), fc.array(anyKeyValue), (a, b) => {
        expect(sizeOf([...a, ...b])).toBe(sizeOf(a) + sizeOf(b));
      }),
    );
  });

  test("is refused above the limit and nowhere below", ({ expect }) => {
    const list = [{ key: "a", value: "1234567" }];
    expect(refusalOf(() => checkSize("parameters", list, 10))).toBeUndefined();
    expect(refusalOf(() => checkSize("parameters", list, 9))).toBe("parameters larger than allowed: 10 > 9 bytes.");
    expect(refusalOf(() => checkSize("annotations", list, 9))).toBe("annotations larger than allowed: 10 > 9 bytes.");
  });
});

describe("looking into parameters", () => {
  test("as an object gives every key its value, odd keys too", ({ expect }) => {
    fc.assert(
      fc.property(anyKeyValues, (list) => {
        const object = toObject(list);
        expect(Object.keys(object).toSorted()).toEqual(list.map((item) => item.key).toSorted());
        for (const { key, value } of list) expect(Object.getOwnPropertyDescriptor(object, key)?.value).toEqual(value);
      }),
    );
  });

  test("tells init parameters and values", ({ expect }) => {
    const list: KeyValue[] = [
      { key: "a", value: null },
      { key: "b", value: 1, init: true },
    ];
    expect(initNames(list)).toEqual(["b"]);
    expect(getValue(list, "a")).toBeNull();
    expect(getValue(list, "z")).toBeUndefined();
  });

  test.for([true, 1, -1, "false", "0", {}, []])("takes %j for true", (json, { expect }) => {
    expect(isTruthy(json)).toBe(true);
  });

  test.for([false, 0, "", null, undefined])("takes %j for false", (json, { expect }) => {
    expect(isTruthy(json)).toBe(false);
  });
});
