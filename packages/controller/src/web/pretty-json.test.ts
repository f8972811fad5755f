import type { Json } from "@meringue/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

describe("pretty JSON", () => {
  test("reads as what it was made of", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(JSON.parse(prettyJson(plain))).toEqual(plain);
      }),
    );
  });

  test("has objects on lines of their own and arrays on one", () => {
    expect(prettyJson({ a: { b: [1, {}] }, c: "d" })).toBe(
      '{\n  "a": {\n    "b": [1, {\n\n    }]\n  },\n  "c": "d"\n}',
    );
  });
});
