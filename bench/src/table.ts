import { median } from "./figures.ts";
import { GOALS, type Goal, judge } from "./goals.ts";
import type { ScenarioReport } from "./report.ts";
import type { Row } from "./row.ts";

/** A figure with as many digits as make sense. */
export function figureText(figure: number): string {
  const size = Math.abs(figure);
  if (size >= 1000) return Math.round(figure).toLocaleString("en-US");
  if (Number.isInteger(figure)) return String(figure);
  return figure.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** `median (lowest–highest)`, or just the figure when there is one. */
export function spreadText(values: readonly number[]): string {
  const middle = figureText(median(values));
  if (values.length < 2) return middle;
  return `${middle} (${figureText(Math.min(...values))}–${figureText(Math.max(...values))})`;
}

/** The same with its unit; empty when nothing was measured. */
export function valueText({ values, unit }: Row): string {
  return values.length === 0 ? "" : `${spreadText(values)} ${unit}`.trim();
}

/** `≥ 55 (75)`: the target, and the stretch in parentheses. */
export function goalText({ better, target, stretch }: Goal): string {
  const limit = `${better === "more" ? "≥" : "≤"} ${figureText(target)}`;
  return stretch === undefined ? limit : `${limit} (${figureText(stretch)})`;
}

/** What a row comes to: `met`, `stretch`, `missed`, or that it does not count. */
export function verdictText({ goal, values, rejected, skipped }: Row, judged = true): string {
  if (skipped !== undefined) return `skipped: ${skipped}`;
  if (rejected !== undefined) return "rejected";
  return goal === undefined || !judged ? "" : judge(goal, median(values));
}

/** Why rows were rejected, each reason once. */
export function rejections(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.flatMap(({ rejected }) => (rejected === undefined ? [] : [rejected])))];
}

/** Rows under each other, for a terminal. */
export function terminalTable(rows: readonly Row[], judged: boolean): string {
  const reasons = rejections(rows).map((reason) => `\n  rejected, because: ${reason}`);
  return aligned(rows.map((row) => cellsOf(row, judged))) + reasons.join("");
}

/** All rows that have a goal, of all scenarios: the table of a run. */
export function goalsText(scenarios: readonly ScenarioReport[]): string {
  const rows = scenarios.flatMap((scenario) => scenario.rows).filter(({ goal }) => goal !== undefined);
  return aligned(rows.map((row) => cellsOf(row, true)));
}

function cellsOf(row: Row, judged: boolean): string[] {
  const goal = row.goal === undefined ? "" : goalText(GOALS[row.goal]);
  return [row.goal ?? "", row.what, valueText(row), goal, verdictText(row, judged)];
}

function aligned(cells: readonly string[][]): string {
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...cells.map((line) => line[column]?.length ?? 0)));
  const lines = cells.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => `  ${line}`.trimEnd()).join("\n");
}
