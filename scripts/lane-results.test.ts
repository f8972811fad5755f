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

interface Details {
  readonly exitCode?: number;
  /** Of the file. */
  readonly status?: string;
  /** Of the file. */
  readonly message?: string;
  /** Of its tests. */
  readonly failureMessages?: readonly string[];
}

/** A lane as .ci/run leaves it: one file of tests with a status each. */
function lane(name: string, tests: Record<string, string>, details: Details = {}): Lane {
  const { exitCode = 0, status = "passed", message, failureMessages = [] } = details;
  const assertionResults = Object.entries(tests).map(([fullName, each]) => ({
    fullName,
    status: each,
    failureMessages: each === "failed" ? failureMessages : [],
  }));
  const testResults = [{ name: "/r/a/x.test.ts", status, message, assertionResults }];
  return laneOf(name, `${exitCode} 12\n`, JSON.stringify({ testResults }), "/r");
}

/** What the report says about the failed test of a lane, between its name and the sum. */
function toldOf(failed: Lane): readonly string[] {
  const { lines } = sumUp([failed], PAGE);
  return lines.slice(lines.findIndex((line) => line.startsWith("FAILED in ")) + 1, -2);
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

  test("tells the first failure of a failed test, without colours and the runner's own frames", ({ expect }) => {
    const failureMessages = [
      "Error: \u001b[31mexpected\u001b[39m 1 to be 2\n\n    at /r/a/x.test.ts:3:4\n    at run (file:///r/node_modules/vitest/run.js:1:2)\n    at node:internal/process:1:2",
      "Error: a later one",
    ];
    const failed = lane("test", { two: "failed" }, { exitCode: 1, failureMessages });
    expect(toldOf(failed)).toEqual(["    Error: expected 1 to be 2", "        at /r/a/x.test.ts:3:4"]);
  });

  test("tells no more than a few lines of a failure, and not all of a long one", ({ expect }) => {
    const failureMessages = [Array(40).fill("x".repeat(5_000)).join("\n")];
    const told = toldOf(lane("test", { two: "failed" }, { exitCode: 1, failureMessages }));
    expect(told).toEqual(Array(12).fill(`    ${"x".repeat(300)}`));
  });

  test("tells why a file could not be loaded", ({ expect }) => {
    const broken = lane("test", {}, { exitCode: 1, status: "failed", message: "no such module\nin x.ts" });
    expect(toldOf(broken)).toEqual(["    no such module", "    in x.ts"]);
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
