import { DEFAULT_MANIFEST, type Manifest, parseManifest } from "@meringue/core";
import { median } from "./figures.ts";
import { newestOfEach } from "./kept-reports.ts";
import { FIGURES, type FigureName, LANGUAGES, type Language, PLACES, type PlaceName, rowName } from "./languages.ts";
import { BEGIN, END } from "./made-part.ts";
import { type Report, reportName, type ScenarioReport } from "./report.ts";
import { figureText } from "./table.ts";

export const LANGUAGES_PAGE = "docs/languages.md";
/** What the page is made of. */
export const LANGUAGES_SCENARIO = "languages";

/** docs/languages.md as it should be: its made part follows the manifest and the newest kept run of `languages`. */
export function languagesDoc(
  page: string,
  reports: readonly Report[],
  manifest = parseManifest(DEFAULT_MANIFEST),
): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${LANGUAGES_PAGE} has lost its marks`);
  const kept = newestOfEach(reports).find(({ scenario }) => scenario.name === LANGUAGES_SCENARIO);
  const made = [...table(manifest, kept?.scenario), "", ...(kept === undefined ? NOT_KEPT : runLine(kept.report))];
  return `${page.slice(0, from)}${BEGIN}\n\n${made.join("\n")}\n\n${page.slice(to)}`;
}

const NOT_KEPT = ["No run has been kept yet: `npm run bench -- languages --keep` keeps one."];

function runLine(report: Report): string[] {
  const { cpu, cores, system, node, loadBefore } = report.machine;
  const name = reportName(report);
  const machine = `${cpu}, ${cores} cores, ${system}, Node ${node}, load ${loadBefore} before`;
  return [`Measured in [${name}](../bench/results/${name}.json): ${machine}; medians of ${report.rounds} rounds.`];
}

const HEAD = ["language", "kinds", "uploads", "sandbox", "image"];

function table(manifest: Manifest, scenario: ScenarioReport | undefined): string[] {
  const figures = Object.keys(FIGURES) as FigureName[];
  const titles: Record<FigureName, string> = {
    ...{
      cold: "first call, ms",
      again: "another at once, ms",
      cell: "from a stem cell, ms",
      warm: "warm call, ms",
      memory: "memory, MB",
    },
  };
  const head = [...HEAD, ...figures.map((name) => titles[name])];
  const lines = LANGUAGES.map((language) => [
    language.title,
    kindsOf(language, manifest),
    language.uploads,
    ...PLACES.map((place) => standing(language, place, scenario)),
    ...figures.map((name) => pairOf(language, name, scenario)),
  ]);
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.map(escaped).join(" | ")} |`);
}

function kindsOf({ family }: Language, { families }: Manifest): string {
  const kinds = families.get(family) ?? [];
  if (family === "native") return "`blackbox`";
  if (kinds.length === 0) return "none yet";
  const own = kinds.filter(({ description }) => description === undefined);
  const named = own.map(({ kind, default: isDefault, deprecated }) => {
    return `\`${kind}\`${isDefault || kinds.length === 1 ? "*" : ""}${deprecated ? " (deprecated)" : ""}`;
  });
  const others = kinds.filter((kind) => !own.includes(kind)).map(({ kind }) => `\`${kind}\``);
  return [named.join(", "), ...(others.length === 0 ? [] : [`run on these: ${others.join(", ")}`])].join("; ");
}

/** Whether it was measured in a place; if not, why. */
function standing({ family }: Language, place: PlaceName, scenario: ScenarioReport | undefined): string {
  const row = scenario?.rows.find(({ what }) => what.startsWith(rowName(family, place)));
  if (row === undefined) return "not measured";
  return row.skipped === undefined ? "yes" : `not here: ${row.skipped}`;
}

/** `sandbox / image`, with a dash for what was not measured. */
function pairOf({ family }: Language, figure: FigureName, scenario: ScenarioReport | undefined): string {
  const texts = PLACES.map((place) => {
    const row = scenario?.rows.find(({ what }) => what === rowName(family, place, figure));
    return row === undefined || row.values.length === 0 ? "–" : figureText(median(row.values));
  });
  return texts.join(" / ");
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
