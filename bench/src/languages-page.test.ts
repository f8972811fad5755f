import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_MANIFEST, parseManifest } from "@meringue/core";
import { describe, test } from "vitest";
import { keptReports } from "./kept-reports.ts";
import { LANGUAGES } from "./languages.ts";
import { languagesDoc } from "./languages-page.ts";
import type { Report } from "./report.ts";
import type { Row } from "./row.ts";

const PAGE = "before\n<!-- made by `npm run bench -- --docs`: begin -->\nold\n<!-- end -->\nafter\n";
const MANIFEST = parseManifest({
  runtimes: {
    php: [
      { kind: "php:8.2", default: true, image: { name: "php" } },
      { kind: "php:7", default: false, deprecated: true, image: { name: "php7" } },
    ],
  },
});

function reportWith(rows: readonly Row[]): Report {
  return {
    ...{ format: 1, date: "2026-02-03T04:05:06.000Z", commit: "1a2b3c4", generator: "own", rounds: 5, seconds: 3 },
    machine: { cpu: "a cpu", cores: 2, memoryMb: 4096, system: "linux 6", node: "v24", loadBefore: 0.1 },
    judged: true,
    scenarios: [{ name: "languages", title: "Languages", took: 60, rows }],
  };
}

function lineOf(page: string, title: string): string | undefined {
  return page.split("\n").find((line) => line.startsWith(`| ${title} |`));
}

describe("the page about languages", () => {
  test("is what the manifest and the kept reports make of it (npm run bench -- --docs)", async ({ expect }) => {
    const page = await readFile(join(import.meta.dirname, "../../docs/languages.md"), "utf8");
    expect(languagesDoc(page, await keptReports())).toBe(page);
  });

  test("knows every language of the manifest", ({ expect }) => {
    const families = [...parseManifest(DEFAULT_MANIFEST).families.keys()];
    expect(families.filter((family) => !LANGUAGES.some((language) => language.family === family))).toEqual([]);
  });

  test("has figures of both places in each cell, and says why there are none", ({ expect }) => {
    const report = reportWith([
      { what: "php, sandbox, cold: call to result", unit: "ms", values: [20, 30, 40] },
      { what: "php, sandbox, memory of an idle container", unit: "MB", values: [16] },
      { what: "php, docker", unit: "", values: [], skipped: "there is no image php" },
    ]);
    const page = languagesDoc(PAGE, [report], MANIFEST);
    expect(lineOf(page, "PHP")).toContain(
      "`php:8.2`*, `php:7` (deprecated) | source; zip or tar.gz with index.php, also with vendor | yes | not here: there is no image php | 30 / – | – / – | – / – | – / – | 16 / – |",
    );
    expect(lineOf(page, "Go")).toContain("| none yet |");
    expect(page).toContain("(../bench/results/2026-02-03-1a2b3c4-040506.json)");
    expect([page.startsWith("before\n"), page.endsWith("\nafter\n"), page.includes("old")]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test("can be made before anything was measured", ({ expect }) => {
    const page = languagesDoc(PAGE, [], MANIFEST);
    expect(page).toContain("No run has been kept yet");
    expect(lineOf(page, "PHP")).toContain("| not measured | not measured |");
  });
});
