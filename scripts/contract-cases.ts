/**
 * `contract-cases.ts REPORT.json [REST-API.md WEB-ACTIONS.md]`: writes into docs/testing.md how many cases of each section
 * of the wire's contract passed. REPORT.json is what vitest's JSON reporter wrote. Without the contract's documents the
 * facts stay as they are in the page. With `--check` it fails when fewer cases passed than the page says.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { countCases, passedIn, sectionsOf, tableIn, tableOf, withTable } from "./contract-count.ts";

const page = new URL("../docs/testing.md", import.meta.url);
const check = process.argv.includes("--check");
const [report, rest, web] = process.argv.slice(2).filter((word) => word !== "--check");
if (report === undefined)
  throw new Error("Usage: contract-cases.ts [--check] REPORT.json [REST-API.md WEB-ACTIONS.md]");

const text = readFileSync(page, "utf8");
const known = tableIn(text);
const sections =
  rest === undefined || web === undefined
    ? known
    : [...sectionsOf("REST API", readFileSync(rest, "utf8")), ...sectionsOf("web actions", readFileSync(web, "utf8"))];
const counts = countCases(sections, passedIn(readFileSync(report, "utf8")));

if (!check) {
  writeFileSync(page, withTable(text, counts));
  console.log(tableOf(counts));
} else {
  for (const [index, { document, section, cases }] of counts.entries()) {
    const promised = known[index]?.cases ?? 0;
    if (cases >= promised) continue;
    console.error(`${document} §${section}: ${cases} cases, and docs/testing.md says ${promised}.`);
    process.exitCode = 1;
  }
}
