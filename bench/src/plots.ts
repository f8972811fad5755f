import { median } from "./figures.ts";
import { GOALS, type Goal, judge } from "./goals.ts";
import type { Kept } from "./kept-reports.ts";
import type { Row } from "./row.ts";
import { type Bar, barPlot, linePlot, type Tone } from "./svg.ts";
import { figureText, valueText } from "./table.ts";

/** How many times its target a bar of the overview may be long. */
const MOST_OF_TARGET = 3;
const SHORT = 46;

/** Plots of what was measured last, as SVG text by file name. What has no figures has no plot. */
export function plotsOf(kept: readonly Kept[]): ReadonlyMap<string, string> {
  const plots = new Map<string, string>();
  const rowsOf = (name: string): readonly Row[] =>
    (kept.find(({ scenario }) => scenario.name === name)?.scenario.rows ?? []).filter(counts);
  const goals = kept.flatMap(({ scenario }) => scenario.rows).filter(counts);
  const bars = goals.flatMap(goalBar);
  if (bars.length > 0) {
    const mark = { at: 1, label: "target" };
    const title = "Goals: how many times as good as the target (longer is better)";
    plots.set("goals.svg", barPlot({ title, bars, mark, most: MOST_OF_TARGET }));
  }
  for (const { file, scenario, title, unit } of UNIT_PLOTS) {
    const chosen = rowsOf(scenario).filter((row) => row.unit === unit && row.series !== true);
    if (chosen.length > 0) plots.set(file, barPlot({ title, bars: chosen.map(plainBar) }));
  }
  for (const row of rowsOf("soak").filter(({ series }) => series === true)) {
    const file = `soak-${row.unit === "MB" ? "memory" : row.unit === "µs" ? "p99" : "rate"}.svg`;
    plots.set(file, linePlot({ title: row.what, unit: row.unit, values: row.values, across: "windows of the run" }));
  }
  return plots;
}

const UNIT_PLOTS = [
  { file: "warm.svg", scenario: "warm", title: "Warm blocking calls a second, 64 clients", unit: "calls/s" },
  { file: "latency.svg", scenario: "warm", title: "Warm blocking calls: latency and CPU time, µs", unit: "µs" },
  { file: "cold.svg", scenario: "cold", title: "First calls, one at a time, ms", unit: "ms" },
  { file: "burst.svg", scenario: "burst", title: "A hundred first calls at once, ms", unit: "ms" },
] as const;

function counts({ values, rejected }: Row): boolean {
  return values.length > 0 && rejected === undefined;
}

/** Goals of "none at all" have no scale. */
function goalBar({ goal: id, what, unit, values }: Row): Bar[] {
  if (id === undefined) return [];
  const goal: Goal = GOALS[id];
  if (goal.target === 0) return [];
  const score = (value: number): number => (goal.better === "more" ? value / goal.target : goal.target / value);
  const tone: Tone = judge(id, median(values)) === "missed" ? "bad" : "good";
  const limit = `${goal.better === "more" ? "≥" : "≤"} ${figureText(goal.target)}`;
  const text = `${figureText(median(values))} ${unit} (${limit})`;
  return [{ label: shortened(`${id} ${what}`), values: values.map(score), text, tone }];
}

function plainBar(row: Row): Bar {
  const tone: Tone = /\bbare\b/.test(row.what) ? "bare" : "ours";
  return {
    label: shortened(row.what),
    values: row.values,
    text: valueText({ ...row, values: [median(row.values)] }),
    tone,
  };
}

function shortened(text: string): string {
  return text.length <= SHORT ? text : `${text.slice(0, SHORT - 1)}…`;
}
