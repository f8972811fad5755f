import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Report, reportName, type ScenarioReport } from "./report.ts";

/** Reports that are committed. */
export const KEPT_FOLDER = fileURLToPath(new URL("../results", import.meta.url));
/** Where the others go. */
export const SCRATCH_FOLDER = fileURLToPath(new URL("../../.bench", import.meta.url));

/** Writes a report. @returns its path */
export async function writeReport(folder: string, report: Report): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${reportName(report)}.json`);
  await writeFile(path, `${JSON.stringify(report, undefined, 1)}\n`);
  return path;
}

/** All kept reports, newest first. */
export async function keptReports(folder = KEPT_FOLDER): Promise<readonly Report[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const json = names.filter((name) => name.endsWith(".json"));
  const reports = await Promise.all(
    json.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as Report),
  );
  return reports.sort((a, b) => b.date.localeCompare(a.date));
}

/** A scenario, and the run that it is from. */
export interface Kept {
  readonly report: Report;
  readonly scenario: ScenarioReport;
}

/** Of each scenario the newest that has figures: not every run has all of them. */
export function newestOfEach(reports: readonly Report[]): readonly Kept[] {
  const found = new Map<string, Kept>();
  for (const report of reports) {
    for (const scenario of report.scenarios) {
      const known = found.get(scenario.name);
      if (known === undefined || (!hasFigures(known.scenario) && hasFigures(scenario))) {
        found.set(scenario.name, { report, scenario });
      }
    }
  }
  return [...found.values()];
}

function hasFigures({ rows }: ScenarioReport): boolean {
  return rows.some(({ values }) => values.length > 0);
}
