import { parse } from "node:querystring";
import fc from "fast-check";
import { expect, test } from "vitest";
import { queryFields } from "./query-fields.ts";

test("a query is taken apart as Node does it, whatever is in it", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "=", "&", "%", "+", "2", "0", "_", "é", "?") });
  fc.assert(
    fc.property(text, (query) => {
      expect({ ...queryFields(query) }).toEqual({ ...parse(query, "&", "=", { maxKeys: 0 }) });
    }),
    { numRuns: 2_000 },
  );
});

test("no name reaches what all objects have", () => {
  expect(queryFields("")["constructor"]).toBeUndefined();
  expect(queryFields("__proto__=x&__proto__=y")["__proto__"]).toEqual(["x", "y"]);
});
