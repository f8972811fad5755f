import fc from "fast-check";
import { describe, test } from "vitest";
import { refusalOf } from "../../test/arbitraries.ts";
import { bumpPatch, decodeVersion, INITIAL_VERSION } from "./version.ts";

const anyPart = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const anyVersion = fc.tuple(anyPart, anyPart, anyPart).filter((parts) => parts.some((part) => part > 0));

function compare(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number));
  return a?.map((part, index) => part - (b?.[index] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

describe("a version in a body", () => {
  test.for([
    ["1", "1.0.0"],
    ["1.2", "1.2.0"],
    ["01.002.0003", "1.2.3"],
    ["1.2.3.4", "1.2.3"],
    ["1.2.3.x", "1.2.3"],
    ["1..", "1.0.0"],
    ["0.0.1", "0.0.1"],
    ["+1.-0.0", "1.0.0"],
    ["2147483647.0.0", "2147483647.0.0"],
  ])("may be %s, which means %s", ([text, meaning], { expect }) => {
    expect(decodeVersion(text as string)).toBe(meaning);
  });

  test.for(["", ".", "0.0.0", "0", "-1.0.0", "1.-2", "a.b.c", "1. 2", "1..2", "1e3", "2147483648.0.0", 1, null, {}])(
    "may not be %j",
    (json, { expect }) => {
      expect(refusalOf(() => decodeVersion(json))).toBe("semantic version malformed");
    },
  );

  test("comes back as it was when it is complete", ({ expect }) => {
    fc.assert(
      fc.property(anyVersion, (parts) => {
        expect(decodeVersion(parts.join("."))).toBe(parts.join("."));
      }),
    );
  });
});

describe("the version after an update", () => {
  test("counts up", ({ expect }) => {
    expect(bumpPatch(INITIAL_VERSION)).toBe("0.0.2");
    expect(bumpPatch("1.2.9")).toBe("1.2.10");
  });

  test("carries over where a part is full", ({ expect }) => {
    expect(bumpPatch("1.2.2147483647")).toBe("1.3.0");
    expect(bumpPatch("1.2147483647.2147483647")).toBe("2.0.0");
  });

  test("is always later than the one before", ({ expect }) => {
    fc.assert(
      fc.property(anyVersion, (parts) => {
        const version = parts.join(".");
        expect(compare(bumpPatch(version), version)).toBeGreaterThan(0);
      }),
    );
  });
});
