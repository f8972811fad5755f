/** `npm run bench [-- SCENARIO…]`: measures, prints tables, and keeps the figures as JSON in .bench/. */
import { mkdir, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { printTable, type Row } from "./src/figures.ts";
import { coldScenario } from "./src/scenario-cold.ts";
import { startScenario } from "./src/scenario-start.ts";
import { warmScenario } from "./src/scenario-warm.ts";

const scenarios: Readonly<Record<string, readonly [title: string, run: () => Promise<Row[]>]>> = {
  start: ["Start of the server", startScenario],
  warm: ["Warm blocking invocations, median (lowest-highest) of rounds", warmScenario],
  cold: ["First invocations, one at a time", coldScenario],
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(scenarios);
const unknown = wanted.filter((name) => !Object.hasOwn(scenarios, name));
if (unknown.length > 0) {
  console.error(`no such scenario: ${unknown.join(", ")}; there are: ${Object.keys(scenarios).join(", ")}`);
  process.exit(2);
}

const machine = {
  node: process.version,
  kernel: release(),
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / 1024 / 1024),
};
console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, Linux ${machine.kernel}`);
const figures: Record<string, unknown> = { machine, date: new Date().toISOString() };
for (const name of wanted) {
  const [title, run] = scenarios[name] ?? [];
  if (title === undefined || run === undefined) continue;
  const rows = await run();
  printTable(title, rows);
  figures[name] = Object.fromEntries(rows.map(({ what, raw }) => [what, raw]));
}
await mkdir(".bench", { recursive: true });
const file = `.bench/${new Date().toISOString().replaceAll(":", "-")}.json`;
await writeFile(file, JSON.stringify(figures, undefined, 2));
console.log(`\nfigures kept in ${file}`);
