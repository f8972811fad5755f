import { median } from "./figures.ts";
import { type Kept, newestOfEach } from "./kept-reports.ts";
import type { Report } from "./report.ts";
import type { Row } from "./row.ts";
import { figureText } from "./table.ts";

/** Rows with a goal, beside what they were in the newest kept runs; undefined when nothing can be compared. */
export function comparisonText(report: Report, kept: readonly Report[]): string | undefined {
  const before = newestOfEach(kept);
  const lines = report.scenarios.flatMap(({ name, rows }) => {
    const old = before.find(({ scenario }) => scenario.name === name);
    return old === undefined ? [] : rows.flatMap((row) => lineOf(row, old));
  });
  return lines.length === 0 ? undefined : lines.join("\n");
}

function lineOf(row: Row, { report, scenario }: Kept): string[] {
  const old = scenario.rows.find(({ goal, what }) => goal === row.goal && what === row.what);
  if (row.goal === undefined || row.values.length === 0 || old === undefined || old.values.length === 0) return [];
  const [was, is] = [median(old.values), median(row.values)];
  const apart = Math.min(...row.values) > Math.max(...old.values) || Math.max(...row.values) < Math.min(...old.values);
  const verdict = apart ? "" : "  (ranges overlap)";
  return [
    `  ${row.goal.padEnd(8)} ${row.what}: ${figureText(was)} → ${figureText(is)} ${row.unit}${verdict}  [${report.commit}]`,
  ];
}
