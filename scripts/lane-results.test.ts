import { readFileSync } from "node:fs";
import { describe, test } from "vitest";
import { allowedSkips, type Lane, laneOf, sumUp } from "./lane-results.ts";

const PAGE = [
  "<!-- skips -->",
  "| file | test | reason |",
  "| --- | --- | --- |",
  "| `a/*.test.ts` | `needs a mac *` | there is none |",
  "| `b.test.ts` | `gives no reason` | |",
  "<!-- /skips -->",
].join("\n");

/** A lane as .ci/run leaves it: one file of tests with a status each. */
function lane(
  name: string,
  tests: Record<string, string>,
  { exitCode = 0, file = "/r/a/x.test.ts", status = "passed" } = {},
): Lane {
  const assertionResults = Object.entries(tests).map(([fullName, each]) => ({ fullName, status: each }));
  return laneOf(
    name,
    `${exitCode} 12\n`,
    JSON.stringify({ testResults: [{ name: file, status, assertionResults }] }),
    "/r",
  );
}

describe("the gate's report", () => {
  test("sums every lane in its last line", ({ expect }) => {
    const { lines, ok } = sumUp(
      [lane("test", { one: "passed", two: "passed" }), lane("docker", { one: "passed" })],
      PAGE,
    );
    expect(lines.at(-1)).toBe("3 passed, 0 failed");
    expect(lines[0]).toBe("lane test: ok in 12 s (2 passed, 0 failed, 0 skipped)");
    expect(ok).toBe(true);
  });

  test("names a failed test", ({ expect }) => {
    const { lines, ok } = sumUp([lane("test", { one: "passed", two: "failed" }, { exitCode: 1 })], PAGE);
    expect(lines).toContain("FAILED in test: a/x.test.ts > two");
    expect(lines.at(-1)).toBe("1 passed, 1 failed");
    expect(ok).toBe(false);
  });

  test("counts a file that could not be loaded, and a lane that failed without tests", ({ expect }) => {
    const broken = lane("test", {}, { exitCode: 1, status: "failed" });
    const { lines, ok } = sumUp([broken, laneOf("check", "1 3", undefined, "/r")], PAGE);
    expect(lines).toContain("FAILED: lane check ended with 1");
    expect(lines.at(-1)).toBe("0 passed, 2 failed");
    expect(ok).toBe(false);
  });

  test("lets a skip pass that another lane made up for", ({ expect }) => {
    const { lines, ok } = sumUp([lane("test", { one: "skipped" }), lane("docker", { one: "passed" })], PAGE);
    expect(lines.at(-1)).toBe("1 passed, 0 failed");
    expect(ok).toBe(true);
  });

  test("lets a skip pass that the page on testing names with its reason", ({ expect }) => {
    const { lines, ok } = sumUp([lane("test", { "needs a mac (mini)": "skipped" })], PAGE);
    expect(lines).toContain("skipped, as docs/testing.md allows: a/x.test.ts > needs a mac (mini)");
    expect(ok).toBe(true);
  });

  test("fails on any other skip", ({ expect }) => {
    const { lines, ok } = sumUp([lane("test", { one: "skipped", "needs a": "todo" })], PAGE);
    expect(lines.filter((line) => line.startsWith("FAILED: skipped in every lane"))).toHaveLength(2);
    expect(lines.at(-1)).toBe("0 passed, 2 failed");
    expect(ok).toBe(false);
  });

  test("takes no row without a reason", ({ expect }) => {
    expect(allowedSkips(PAGE)).toEqual([{ file: "a/*.test.ts", test: "needs a mac *" }]);
  });

  test("can read the table that there is", ({ expect }) => {
    const page = readFileSync(`${import.meta.dirname}/../docs/testing.md`, "utf8");
    const rows =
      /<!-- skips -->(.*)<!-- \/skips -->/s
        .exec(page)?.[1]
        ?.split("\n")
        .filter((line) => line.startsWith("| `")) ?? [];
    expect(allowedSkips(page)).toHaveLength(rows.length);
  });
});
