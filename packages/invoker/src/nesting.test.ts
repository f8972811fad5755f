import fc from "fast-check";
import { describe, test } from "vitest";
import { nestsDeeperThan } from "./nesting.ts";

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe("the nesting of a JSON text", () => {
  test("is the depth of its value", ({ expect }) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(7), (value, depth) => {
        // blanks behind it, so that it is never too short to look at
        const text = JSON.stringify(value) + " ".repeat(20);
        expect(nestsDeeperThan(depth, text)).toBe(depthOf(value) > depth);
      }),
    );
  });

  test("does not count brackets inside strings, escaped quotes and backslashes included", ({ expect }) => {
    const text = JSON.stringify(['[[[["', "\\", '\\"[[[[', "[[[\\\\"]);

    expect(nestsDeeperThan(1, text)).toBe(false);
    expect(nestsDeeperThan(0, text)).toBe(true);
  });

  test.for(["[".repeat(5000), `${"[".repeat(5000)}"`, `"${"[".repeat(5000)}`, `{"a":`.repeat(3000)])(
    "of a text that is no JSON is told without fail",
    (text, { expect }) => {
      expect(() => nestsDeeperThan(1000, text)).not.toThrow();
    },
  );
});
