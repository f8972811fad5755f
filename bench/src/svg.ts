/** Plots as SVG text: bars with their ranges, and courses of time. No script, no font of its own, no browser needed. */
import { median } from "./figures.ts";

/** One bar: its length is the median, its whisker the range. */
export interface Bar {
  readonly label: string;
  readonly values: readonly number[];
  /** What stands behind it. */
  readonly text: string;
  readonly tone: Tone;
}

export type Tone = "bare" | "ours" | "good" | "bad";

export interface BarPlot {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** A line across all bars. */
  readonly mark?: { readonly at: number; readonly label: string };
  /** Where the scale ends; bars beyond it are cut off and say so. Default: the highest value. */
  readonly most?: number;
}

export interface LinePlot {
  readonly title: string;
  readonly unit: string;
  readonly values: readonly number[];
  /** What the axis from left to right is. */
  readonly across: string;
}

const WIDTH = 820;
const LABEL_WIDTH = 300;
const TEXT_WIDTH = 150;
const BAR_WIDTH = WIDTH - LABEL_WIDTH - TEXT_WIDTH;
const LINE_HEIGHT = 24;
const TITLE_HEIGHT = 44;
const BAR_HEIGHT = 14;
const LINES_HEIGHT = 200;
const MARGIN = 60;
const COLOURS = { bare: "#9aa3ad", ours: "#2f6fb0", good: "#3c8d5a", bad: "#b5533c" } as const;

/** Horizontal bars under each other. */
export function barPlot({ title, bars, mark, most }: BarPlot): string {
  const end = most ?? Math.max(...bars.flatMap(({ values }) => values), mark?.at ?? 0);
  const x = (value: number): number => LABEL_WIDTH + (Math.min(value, end) / end) * BAR_WIDTH;
  const height = TITLE_HEIGHT + bars.length * LINE_HEIGHT + (mark === undefined ? 8 : LINE_HEIGHT);
  const line =
    mark === undefined
      ? []
      : [
          `<line x1="${at(x(mark.at))}" y1="${TITLE_HEIGHT - 6}" x2="${at(x(mark.at))}" y2="${height - LINE_HEIGHT}" stroke="#333" stroke-dasharray="3 3"/>`,
          words(x(mark.at), height - 8, mark.label, "middle"),
        ];
  const drawn = bars.flatMap((bar, index) => barOf(bar, TITLE_HEIGHT + index * LINE_HEIGHT, x, end));
  return document(height, title, [...drawn, ...line]);
}

function barOf({ label, values, text, tone }: Bar, y: number, x: (value: number) => number, end: number): string[] {
  const middle = median(values);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const centre = y + BAR_HEIGHT / 2;
  const whisker =
    values.length < 2
      ? []
      : [
          `<line x1="${at(x(low))}" y1="${at(centre)}" x2="${at(x(high))}" y2="${at(centre)}" stroke="#111" stroke-width="1.5"/>`,
        ];
  const cut = middle > end ? [words(LABEL_WIDTH + BAR_WIDTH - 4, y + BAR_HEIGHT - 3, "»", "end", "#fff")] : [];
  return [
    words(LABEL_WIDTH - 8, y + BAR_HEIGHT - 2, label, "end"),
    `<rect x="${LABEL_WIDTH}" y="${y}" width="${at(x(middle) - LABEL_WIDTH)}" height="${BAR_HEIGHT}" fill="${COLOURS[tone]}"/>`,
    ...whisker,
    ...cut,
    words(LABEL_WIDTH + BAR_WIDTH + 8, y + BAR_HEIGHT - 2, text, "start"),
  ];
}

/** One figure over time, from zero up. */
export function linePlot({ title, unit, values, across }: LinePlot): string {
  const height = TITLE_HEIGHT + LINES_HEIGHT + 36;
  const top = Math.max(...values) * 1.1 || 1;
  const bottom = TITLE_HEIGHT + LINES_HEIGHT;
  const right = WIDTH - 20;
  const x = (index: number): number => MARGIN + (index / Math.max(1, values.length - 1)) * (right - MARGIN);
  const y = (value: number): number => bottom - (value / top) * LINES_HEIGHT;
  const points = values.map((value, index) => `${at(x(index))},${at(y(value))}`).join(" ");
  const steps = [0, 0.5, 1].map((share) => share * top);
  return document(height, `${title}, ${unit}`, [
    ...steps.map(
      (value) => `<line x1="${MARGIN}" y1="${at(y(value))}" x2="${right}" y2="${at(y(value))}" stroke="#ddd"/>`,
    ),
    ...steps.map((value) => words(MARGIN - 6, y(value) + 4, rounded(value), "end")),
    `<polyline points="${points}" fill="none" stroke="${COLOURS.ours}" stroke-width="2"/>`,
    words(right, height - 10, across, "end"),
  ]);
}

function document(height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="24" font-size="15" fill="#111">${escaped(title)}</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function words(x: number, y: number, text: string, anchor: "start" | "middle" | "end", fill = "#222"): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" fill="${fill}">${escaped(text)}</text>`;
}

function rounded(value: number): string {
  return value >= 10 ? Math.round(value).toLocaleString("en-US") : value.toFixed(1);
}

function at(place: number): string {
  return place.toFixed(1);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
