import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { GOALS } from "./goals.ts";
import { type Kept, keptReports, newestOfEach } from "./kept-reports.ts";
import { LANGUAGES_PAGE, LANGUAGES_SCENARIO, languagesDoc } from "./languages-page.ts";
import { BEGIN, END } from "./made-part.ts";
import { plotsOf } from "./plots.ts";
import { type Report, reportName } from "./report.ts";
import type { Row } from "./row.ts";
import { goalText, rejections, valueText, verdictText } from "./table.ts";

const PAGE = "docs/performance.md";
const PLOTS = "docs/performance";

/** What the page and its plots should be, by path from the root: its made part follows the kept reports. */
export function docsOf(page: string, reports: readonly Report[]): ReadonlyMap<string, string> {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has lost its marks`);
  const kept = newestOfEach(reports).filter(({ scenario }) => scenario.name !== LANGUAGES_SCENARIO); // has a page of its own
  const plots = plotsOf(kept);
  const made = `${BEGIN}\n\n${madePart(kept, [...plots.keys()])}\n\n`;
  const docs = new Map([[PAGE, page.slice(0, from) + made + page.slice(to)]]);
  for (const [name, svg] of plots) docs.set(`${PLOTS}/${name}`, svg);
  return docs;
}

/** Writes the pages and the plots anew. @returns their paths */
export async function writeDocs(root: string): Promise<readonly string[]> {
  const reports = await keptReports();
  const languages = languagesDoc(await readFile(join(root, LANGUAGES_PAGE), "utf8"), reports);
  const docs = new Map(docsOf(await readFile(join(root, PAGE), "utf8"), reports)).set(LANGUAGES_PAGE, languages);
  for (const [path, text] of docs) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return [...docs.keys()];
}

function madePart(kept: readonly Kept[], plots: readonly string[]): string {
  if (kept.length === 0) return "No run has been kept yet: `npm run bench -- --keep` keeps one.";
  const reports = [...new Set(kept.map(({ report }) => report))];
  const images = plots.map((name) => `![${name}](performance/${name})`);
  return [...reports.map(runLine), "", ...table(kept), ...reasons(kept), "", ...images].join("\n").trimEnd();
}

function runLine(report: Report): string {
  const { cpu, cores, memoryMb, system, node, loadBefore } = report.machine;
  const machine = `${cpu}, ${cores} cores, ${Math.round(memoryMb / 1024)} GiB, ${system}, Node ${node}, load ${loadBefore} before`;
  return `- [${reportName(report)}](../bench/results/${reportName(report)}.json): ${machine}; ${report.generator}; ${report.rounds} rounds of ${report.seconds} s`;
}

function table(kept: readonly Kept[]): string[] {
  const lines = kept.flatMap(({ report, scenario }) =>
    scenario.rows.filter(({ goal }) => goal !== undefined).map((row) => tableLine(row, scenario.name, report)),
  );
  const head = [
    "| # | what | median (range) | goal (stretch) | | scenario | run |",
    "| --- | --- | --- | --- | --- | --- | --- |",
  ];
  return [...head, ...lines];
}

function tableLine(row: Row, scenario: string, report: Report): string {
  const goal = row.goal === undefined ? "" : goalText(GOALS[row.goal]);
  const cells = [
    row.goal ?? "",
    row.what,
    valueText(row),
    goal,
    verdictText(row, report.judged),
    scenario,
    report.commit,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function reasons(kept: readonly Kept[]): string[] {
  const lines = kept.flatMap(({ scenario }) =>
    rejections(scenario.rows).map((why) => `- \`${scenario.name}\`: ${why}`),
  );
  return lines.length === 0 ? [] : ["", "Rejected rows, and why:", "", ...lines];
}
