/** `npm run bench [-- SCENARIO…]`: measures, prints tables, and keeps the figures. docs/performance.md says how. */
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { scenarios } from "./scenarios/all.ts";
import { BadCommandLine, type CommandLine, isJudged, readCommandLine, USAGE } from "./src/command-line.ts";
import { comparisonText } from "./src/comparison.ts";
import { writeDocs } from "./src/docs.ts";
import { KEPT_FOLDER, keptReports, SCRATCH_FOLDER, writeReport } from "./src/kept-reports.ts";
import { findLoadGenerator } from "./src/load.ts";
import { startPlatform } from "./src/platform.ts";
import { children } from "./src/proc.ts";
import { commitOf, type Report, type ScenarioReport, thisMachine } from "./src/report.ts";
import { skippedRow } from "./src/row.ts";
import type { Bench, Scenario } from "./src/scenario.ts";
import { goalsText, terminalTable } from "./src/table.ts";

const REST_MS = 200;
/** How long servers may take to stop when the bench is told to. */
const STOP_MS = 10_000;
const ROOT = fileURLToPath(new URL("..", import.meta.url));

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2));
  if (line.help) return void process.stdout.write(USAGE);
  if (line.list) {
    for (const { name, title, named } of scenarios) {
      console.log(`${name.padEnd(10)} ${title}${named === true ? " (only when named)" : ""}`);
    }
    return;
  }
  if (line.docs) {
    console.log(`written: ${(await writeDocs(ROOT)).join(", ")}`);
    return;
  }
  stopWithEverything();
  const report = await measure(line, chosen(line.names));
  if (line.quick) return;
  const before = comparisonText(report, await keptReports());
  if (before !== undefined) console.log(`\nSince the last kept run\n${before}`);
  const path = await writeReport(line.keep ? KEPT_FOLDER : SCRATCH_FOLDER, report);
  console.log(`\nfigures kept in ${path}`);
  if (line.keep) console.log(`written: ${(await writeDocs(ROOT)).join(", ")}`);
}

let stopping = false;

/** Servers do not hear of it when their bench is ended: they are told. */
function stopWithEverything(): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      stopping = true;
      void endChildren().finally(() => process.exit(code));
    });
  }
}

async function endChildren(): Promise<void> {
  const own = await children(process.pid);
  for (const pid of own) process.kill(pid, "SIGTERM");
  for (const giveUpAt = performance.now() + STOP_MS; performance.now() < giveUpAt; await pause(REST_MS)) {
    if ((await children(process.pid)).length === 0) return;
  }
}

/** @throws BadCommandLine when there is no such scenario */
function chosen(names: readonly string[]): readonly Scenario[] {
  const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown.length > 0) {
    const known = scenarios.map(({ name }) => name).join(", ");
    throw new BadCommandLine(`no such scenario: ${unknown.join(", ")}; there are: ${known}`);
  }
  return scenarios.filter(({ name, named }) => (names.length === 0 ? named !== true : names.includes(name)));
}

async function measure(line: CommandLine, wanted: readonly Scenario[]): Promise<Report> {
  const bench: Bench = {
    ...line,
    load: await findLoadGenerator(line.quick),
    target: line.target === undefined ? undefined : { url: line.target, auth: line.auth ?? "" },
    upstreamRuntime: line.upstreamRuntime === undefined ? undefined : resolve(line.upstreamRuntime),
    profileDir: line.profileDir === undefined ? undefined : resolve(line.profileDir),
    restMs: REST_MS,
    shared: undefined,
    say: (text) => console.error(text),
  };
  await using shared = line.quick && bench.target === undefined ? await startPlatform(bench) : undefined;
  return await measureAll({ ...bench, shared }, line, wanted);
}

async function measureAll(bench: Bench, line: CommandLine, wanted: readonly Scenario[]): Promise<Report> {
  const machine = thisMachine();
  const judged = isJudged(line) && bench.target === undefined;
  const facts = { date: new Date().toISOString(), commit: await commitOf(ROOT), machine, generator: bench.load.name };
  console.log(
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.system}, load ${machine.loadBefore}`,
  );
  console.log(`commit ${facts.commit}, ${facts.generator}, ${line.rounds} rounds of ${line.seconds} s`);
  if (!judged) console.log("Nothing is held against the goals in this run.");
  const found: ScenarioReport[] = [];
  for (const scenario of wanted) {
    const started = performance.now();
    const outcome = await runScenario(scenario, bench);
    if (stopping) await new Promise(() => undefined); // the end is near, and these figures are none
    const result = { ...outcome, took: Math.round((performance.now() - started) / 100) / 10 };
    found.push(result);
    console.log(
      `\n${result.title} (${scenario.name}, ${result.took} s)\n${result.failed ?? terminalTable(result.rows, judged)}`,
    );
    if (result.failed !== undefined) process.exitCode = 1;
  }
  if (judged) console.log(`\nGoals\n${goalsText(found)}`);
  const target = bench.target === undefined ? {} : { target: bench.target.url };
  const { rounds, seconds } = line;
  return { format: 1, ...facts, ...target, rounds, seconds, judged, scenarios: found };
}

async function runScenario(scenario: Scenario, bench: Bench): Promise<Omit<ScenarioReport, "took">> {
  const { name, title } = scenario;
  if (bench.target !== undefined && !scenario.remote) {
    return { name, title, rows: [skippedRow(title, "it needs a server of its own")] };
  }
  try {
    return { name, title, rows: await scenario.run(bench) };
  } catch (error) {
    return { name, title, rows: [], failed: `failed: ${error instanceof Error ? error.stack : error}` };
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BadCommandLine)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
