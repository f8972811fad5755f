import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, test } from "vitest";
import { docsOf } from "./docs.ts";
import { keptReports, newestOfEach } from "./kept-reports.ts";
import type { Report } from "./report.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PAGE = "before\n<!-- made by `npm run bench -- --docs`: begin -->\nold\n<!-- end -->\nafter\n";

function aReport(over: Partial<Report> = {}): Report {
  return {
    ...{ format: 1, date: "2026-02-03T04:05:06.000Z", commit: "1a2b3c4", generator: "wrk 4", rounds: 5, seconds: 3 },
    machine: { cpu: "a cpu", cores: 2, memoryMb: 4096, system: "linux 6", node: "v24", loadBefore: 0.1 },
    judged: true,
    scenarios: [
      {
        name: "warm",
        title: "Warm",
        took: 60,
        rows: [
          { goal: "G1", what: "share | of bare", unit: "%", values: [60, 61, 62] },
          { what: "bare", unit: "calls/s", values: [50_000] },
        ],
      },
    ],
    ...over,
  };
}

describe("the page about performance", () => {
  test("is what the kept reports make of it (npm run bench -- --docs)", async ({ expect }) => {
    const page = await readFile(join(ROOT, "docs/performance.md"), "utf8");
    for (const [path, text] of docsOf(page, await keptReports())) {
      expect(await readFile(join(ROOT, path), "utf8"), path).toBe(text);
    }
  });

  test("links to runs that are there", async ({ expect }) => {
    const page = await readFile(join(ROOT, "docs/performance.md"), "utf8");
    const links = [...page.matchAll(/\]\(\.\.\/(bench\/results\/[^)]+)\)/g)].map(([, path = ""]) => path);
    expect(links.length).toBeGreaterThan(0);
    for (const path of links) expect(existsSync(join(ROOT, path)), path).toBe(true);
  });

  test("explains every goal that there is", async ({ expect }) => {
    const page = await readFile(join(ROOT, "docs/performance.md"), "utf8");
    const { GOALS } = await import("./goals.ts");
    const missing = Object.keys(GOALS).filter((id) => !page.includes(`| ${id} |`));
    expect(missing).toEqual([]);
  });

  test("has a line for every goal of a run, and keeps what is written by hand", ({ expect }) => {
    const page = docsOf(PAGE, [aReport()]).get("docs/performance.md") ?? "";
    expect(page).toMatch(/^before\n/);
    expect(page).toMatch(/\nafter\n$/);
    expect(page).not.toContain("old");
    expect(page).toContain("| G1 | share \\| of bare | 61 (60–62) % | ≥ 55 (75) | met | warm | 1a2b3c4 |");
    expect(page).toContain("(../bench/results/2026-02-03-1a2b3c4-040506.json)");
  });

  test("shows plots as SVG that hold together", ({ expect }) => {
    const docs = docsOf(PAGE, [aReport()]);
    const svg = docs.get("docs/performance/goals.svg") ?? "";
    expect(svg).toMatch(/^<svg [^>]+>\n/);
    expect(svg).toMatch(/<\/svg>\n$/);
    expect(svg).toContain("61 % (≥ 55)");
    expect(docs.get("docs/performance/warm.svg")).toContain("50,000 calls/s");
    expect([...docs.values()].join("")).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test("of each scenario the newest run that has figures counts", ({ expect }) => {
  const [warm] = aReport().scenarios;
  if (warm === undefined) throw new Error("the sample has no scenario");
  const skipped = { ...warm, rows: [{ what: "x", unit: "", values: [], skipped: "no Docker" }] };
  const newest = aReport({ commit: "new", scenarios: [skipped, { ...warm, name: "cold" }] });
  const kept = newestOfEach([newest, aReport({ commit: "old" })]);
  expect(kept.map(({ scenario, report }) => [scenario.name, report.commit])).toEqual([
    ["warm", "old"],
    ["cold", "new"],
  ]);
});
