/** What the tables of cases cover of the wire's contract, section by section. */

/** A section of one of the contract's documents. */
export interface SectionCount {
  /** `REST API` or `web actions`. */
  readonly document: ContractDocument;
  /** `4`. */
  readonly section: string;
  readonly title: string;
  /** Rows of tables and points of lists: each can be tested. */
  readonly facts: number;
  readonly cases: number;
}

export type ContractDocument = "REST API" | "web actions";

/** A section as the contract has it. */
export type Section = Omit<SectionCount, "cases">;

/** A test that passed. */
export interface PassedTest {
  /** With the titles of its groups before it. */
  readonly name: string;
  readonly file: string;
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** The tests that passed in a run, by vitest's JSON report. */
export function passedIn(report: string): PassedTest[] {
  return (JSON.parse(report) as Report).testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.filter(({ status }) => status === "passed").map(({ fullName }) => ({ name: fullName, file })),
  );
}

/** Counts the facts of a document of the contract: Markdown, whose sections are `## 4. Title`. */
export function sectionsOf(document: ContractDocument, markdown: string): Section[] {
  const found: { document: ContractDocument; section: string; title: string; facts: number }[] = [];
  let rowsOfTable = 0;
  for (const line of markdown.split("\n")) {
    const heading = /^## (\d+)\.? (.*)$/.exec(line);
    if (heading !== null)
      found.push({ document, section: heading[1] ?? "", title: (heading[2] ?? "").split(" (")[0] ?? "", facts: 0 });
    rowsOfTable = line.startsWith("|") ? rowsOfTable + 1 : 0;
    const current = found.at(-1);
    // The first two lines of a table are its head.
    if (current !== undefined && (rowsOfTable > 2 || /^\s*- /.test(line))) current.facts++;
  }
  return found.filter(({ facts }) => facts > 0);
}

/** Counts the cases of each section. A case names its sections in its title: `§4.1, §8 Actions in packages foreign`. */
export function countCases(sections: readonly Section[], tests: readonly PassedTest[]): SectionCount[] {
  const counts = new Map<string, number>();
  for (const { name, file } of tests) {
    const document: ContractDocument = /\/(web-|by-web)[^/]*$/.test(file) ? "web actions" : "REST API";
    const named = Array.from(name.matchAll(/§(\d+)/g), ([, section = ""]) => `${document} ${section}`);
    for (const key of new Set(named)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return sections.map((section) => ({ ...section, cases: counts.get(`${section.document} ${section.section}`) ?? 0 }));
}

const BEGIN = "<!-- contract -->";
const END = "<!-- /contract -->";
const ROW = /^\| (REST API|web actions) \| §(\d+) (.*?) \| (\d+) \| (\d+) \|$/gm;

/** The table as Markdown. */
export function tableOf(counts: readonly SectionCount[]): string {
  const rows = counts.map(
    ({ document, section, title, facts, cases }) => `| ${document} | §${section} ${title} | ${facts} | ${cases} |`,
  );
  const sum = (of: "facts" | "cases"): number => counts.reduce((total, each) => total + each[of], 0);
  const head = ["| document | section | facts | cases |", "| --- | --- | --- | --- |"];
  return [...head, ...rows, `| all | | ${sum("facts")} | ${sum("cases")} |`].join("\n");
}

/** The table that a page has. */
export function tableIn(page: string): SectionCount[] {
  return Array.from(partOf(page).matchAll(ROW), ([, document, section = "", title = "", facts, cases]) => ({
    document: document as ContractDocument,
    ...{ section, title, facts: Number(facts), cases: Number(cases) },
  }));
}

/** The page with another table. */
export function withTable(page: string, counts: readonly SectionCount[]): string {
  const [begin, end] = placeIn(page);
  return `${page.slice(0, begin)}\n${tableOf(counts)}\n${page.slice(end)}`;
}

function partOf(page: string): string {
  return page.slice(...placeIn(page));
}

/** Where the table is. @throws Error when the page has no place for one. */
function placeIn(page: string): readonly [begin: number, end: number] {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`The page has no ${BEGIN} and ${END}.`);
  return [begin + BEGIN.length, end];
}
