import { availableParallelism } from "node:os";
import type { LoadSpec } from "../src/load.ts";
import { ARGUMENTS, HELLO, openPlatform, type Platform } from "../src/platform.ts";
import { EVERYWHERE, pinTree } from "../src/proc.ts";
import { type Program, startProgram } from "../src/program.ts";
import { alternate, type Comparison, comparedRow, warmUp } from "../src/rounds.ts";
import { type Row, skippedRow } from "../src/row.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const MANY = 64;

type Compared = Comparison<"bare" | "platform">;

/** Calls that find a warm container, beside a bare node:http server that does the action's work itself. */
export const warm: Scenario = {
  name: "warm",
  title: "Warm blocking calls",
  remote: true,
  async run(bench) {
    await using bare = await startProgram("bare-action-server.mjs");
    await using platform = await openPlatform(bench);
    await platform.put("hello", HELLO);
    await platform.invoke("hello");
    await warmUp(bench, specOf(platform, bench, MANY));

    const many = await compare(bench, bare, platform, MANY);
    return [...rowsOfMany(many, platform), ...(await placedRows(bench, bare, platform))];
  },
};

function specOf(platform: Platform, { seconds }: Bench, connections: number): LoadSpec {
  return { origin: platform.origin, requests: [platform.invocation("hello")], connections, seconds };
}

function compare(
  bench: Bench,
  bare: Program,
  platform: Platform,
  connections: number,
  cpu?: number,
): Promise<Compared> {
  const ours = specOf(platform, bench, connections);
  const placed = cpu === undefined ? {} : { cpu };
  const headers = { "Content-Type": "application/json" };
  const request = { method: "POST", path: "/", headers, body: ARGUMENTS } as const;
  return alternate(bench, {
    bare: { spec: { ...ours, ...placed, origin: bare.url, requests: [request] }, pid: bare.pid },
    platform: { spec: { ...ours, ...placed }, pid: platform.pid },
  });
}

function rowsOfMany(compared: Compared, { pid }: Platform): Row[] {
  const clients = `${MANY} clients`;
  const share = { what: `${clients}: throughput, share of bare`, unit: "%" };
  const rows = [
    comparedRow(
      compared,
      { goal: "G1", ...share },
      ({ bare, platform }) => (platform.perSecond / bare.perSecond) * 100,
    ),
    comparedRow(compared, { what: `${clients}: bare`, unit: "calls/s" }, ({ bare }) => bare.perSecond),
    comparedRow(compared, { what: `${clients}: platform`, unit: "calls/s" }, ({ platform }) => platform.perSecond),
    comparedRow(compared, { what: `${clients}: bare, p50`, unit: "µs" }, ({ bare }) => bare.p50),
    comparedRow(compared, { what: `${clients}: platform, p50`, unit: "µs" }, ({ platform }) => platform.p50),
    comparedRow(compared, { what: `${clients}: bare, p99`, unit: "µs" }, ({ bare }) => bare.p99),
    comparedRow(compared, { what: `${clients}: platform, p99`, unit: "µs" }, ({ platform }) => platform.p99),
    comparedRow(compared, { what: `${clients}: in flight`, unit: "%" }, ({ platform }) => platform.inFlight * 100),
  ];
  return pid === undefined ? rows : [...rows, ...cpuRows(compared, clients)];
}

function cpuRows(compared: Compared, clients: string): Row[] {
  const cpu = (what: string): { what: string; unit: string } => ({
    what: `${clients}: ${what}, CPU per call`,
    unit: "µs",
  });
  return [
    comparedRow(compared, { goal: "G5", ...cpu("server") }, ({ platform }) => platform.serverCpu),
    comparedRow(compared, cpu("its event loop"), ({ platform }) => platform.loopCpu),
    comparedRow(compared, cpu("containers"), ({ platform }) => platform.childrenCpu),
    comparedRow(compared, cpu("bare"), ({ bare }) => bare.serverCpu),
  ];
}

/** One client, with everybody's place given: server and action share a processor, the client has another. */
async function placedRows(bench: Bench, bare: Program, { pid, ...platform }: Platform): Promise<Row[]> {
  const what = "1 client: added p50 (server and action on cpu 0, client on cpu 1)";
  if (pid === undefined) return [skippedRow(what, "the target's processes are not ours to place", "G3")];
  if (process.platform !== "linux" || availableParallelism() < 2) {
    return [skippedRow(what, "places need Linux and two processors", "G3")];
  }
  await pinTree(bare.pid, 0);
  await pinTree(pid, 0);
  const one = await compare(bench, bare, { ...platform, pid }, 1, 1);
  await pinTree(pid, EVERYWHERE);
  return [
    comparedRow(one, { goal: "G3", what, unit: "µs" }, (round) => round.platform.p50 - round.bare.p50),
    comparedRow(
      one,
      { goal: "G4", what: "1 client: p99, multiple of bare's", unit: "×" },
      (round) => round.platform.p99 / round.bare.p99,
    ),
    comparedRow(one, { what: "1 client: bare, p50", unit: "µs" }, (round) => round.bare.p50),
    comparedRow(one, { what: "1 client: platform, p50", unit: "µs" }, (round) => round.platform.p50),
    comparedRow(one, { what: "1 client: bare, p99", unit: "µs" }, (round) => round.bare.p99),
    comparedRow(one, { what: "1 client: platform, p99", unit: "µs" }, (round) => round.platform.p99),
    comparedRow(one, { what: "1 client: server, CPU per call", unit: "µs" }, (round) => round.platform.serverCpu),
    comparedRow(one, { what: "1 client: in flight", unit: "%" }, (round) => round.platform.inFlight * 100),
  ];
}
