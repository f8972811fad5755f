import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "../src/data-folder.ts";
import { median } from "../src/figures.ts";
import { type Holdings, takeStock } from "../src/holdings.ts";
import type { LoadResult, LoadSpec } from "../src/load.ts";
import { runOwnClient } from "../src/own-load.ts";
import { HELLO, type Platform, startPlatform } from "../src/platform.ts";
import { memoryMb } from "../src/proc.ts";
import { warmUp } from "../src/rounds.ts";
import type { Row } from "../src/row.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const CONNECTIONS = 32;
const WINDOW_SECONDS = 30;
const MAXIMUM_SECONDS = 10;
const SHARE_OF_MAXIMUM = 0.5;
/** Windows at the beginning that are not held against the end: caches fill. */
const SETTLING_SHARE = 1 / 6;
/** Below this share of the asked rate the load was not what it should have been. */
const LEAST_RATE = 0.95;
/** How long idle containers are kept here, so that none is left when stock is taken. */
const IDLE_TIMEOUT_MS = 3_000;

interface Window {
  readonly load: LoadResult;
  readonly residentMb: number;
}

/** Half of what the server can do, for a long time: nothing may grow, slow down or stay behind. */
export const soak: Scenario = {
  name: "soak",
  title: "Half of the highest throughput, for long",
  remote: false,
  named: true,
  async run(bench) {
    await using folder = await temporaryFolder();
    const probe = join(folder.path, "probe");
    const preload = new URL("../src/resource-probe.ts", import.meta.url).href;
    const env = { NODE_OPTIONS: `--import=${preload}`, BENCH_PROBE_FILE: probe };
    await using platform = await startPlatform(bench, ["--idle-timeout-ms", `${IDLE_TIMEOUT_MS}`], { env });
    const pid = platform.pid ?? 0;
    await platform.put("hello", HELLO);
    const spec: LoadSpec = {
      ...{ origin: platform.origin, requests: [platform.invocation("hello")] },
      ...{ connections: CONNECTIONS, seconds: bench.quick ? 0.2 : MAXIMUM_SECONDS },
    };
    await warmUp(bench, spec);
    const most = await runOwnClient(spec);
    const perSecond = (most.requests / most.seconds) * SHARE_OF_MAXIMUM;
    const before = await stockWhenIdle(bench, pid, probe);
    const windows = await soakFor(bench, platform, { ...spec, perSecond });
    const after = await stockWhenIdle(bench, pid, probe);
    return [...flatRows(windows, perSecond), ...leakRows(before, after)];
  },
};

async function soakFor(bench: Bench, { pid = 0 }: Platform, spec: LoadSpec): Promise<Window[]> {
  const totalSeconds = bench.minutes * 60;
  const count = Math.max(3, Math.round(totalSeconds / WINDOW_SECONDS));
  const windows: Window[] = [];
  for (let n = 0; n < count; n++) {
    const load = await runOwnClient({ ...spec, seconds: totalSeconds / count });
    windows.push({ load, residentMb: await memoryMb(pid) });
  }
  return windows;
}

/** The state that a server comes back to when nobody calls: no container but stem cells, no connection. */
async function stockWhenIdle(bench: Bench, pid: number, probe: string): Promise<Holdings> {
  await pause(bench.quick ? 0 : IDLE_TIMEOUT_MS * 3);
  return takeStock(pid, probe);
}

function flatRows(windows: readonly Window[], perSecond: number): Row[] {
  const settling = Math.floor(windows.length * SETTLING_SHARE);
  const counted = windows.slice(settling);
  const third = Math.max(1, Math.floor(counted.length / 3));
  const growth = (figure: (window: Window) => number): number =>
    median(counted.slice(-third).map(figure)) / median(counted.slice(0, third).map(figure));
  const of = (figure: (window: Window) => number): number[] => windows.map(figure);
  const sum = (figure: (window: Window) => number): number => of(figure).reduce((total, each) => total + each, 0);
  const rate = ({ load }: Window): number => load.requests / load.seconds;
  const late = counted.some((window) => rate(window) < perSecond * LEAST_RATE);
  const rejected = late ? { rejected: "the rate was not held: the machine has become slower meanwhile" } : {};
  return [
    {
      goal: "memory",
      what: "resident memory, last third over first",
      unit: "×",
      values: [growth((w) => w.residentMb)],
      ...rejected,
    },
    { goal: "tail", what: "p99, last third over first", unit: "×", values: [growth((w) => w.load.p99)], ...rejected },
    {
      goal: "none",
      what: "calls that failed",
      unit: "",
      values: [sum(({ load }) => load.badAnswers + load.socketErrors)],
    },
    { what: "calls", unit: "", values: [sum(({ load }) => load.requests)] },
    { what: "calls a second, window by window", unit: "calls/s", values: of(rate), series: true },
    { what: "p99, window by window", unit: "µs", values: of(({ load }) => load.p99), series: true },
    { what: "resident memory, window by window", unit: "MB", values: of((window) => window.residentMb), series: true },
  ];
}

function leakRows(before: Holdings, after: Holdings): Row[] {
  const kinds = {
    openSockets: "sockets",
    openFiles: "files",
    processes: "containers and other processes",
    threads: "threads",
    timers: "timers on the heap",
    sockets: "socket objects on the heap",
    childProcesses: "child process objects on the heap",
  } as const;
  const rows = Object.entries(kinds).map(([key, what]): Row => {
    const kind = key as keyof typeof kinds;
    return {
      goal: "none",
      what: `${what}: more than before`,
      unit: "",
      values: [Math.max(0, after[kind] - before[kind])],
    };
  });
  const heap = { what: "heap after collection, multiple of before", unit: "×", values: [after.heapMb / before.heapMb] };
  return [...rows, { goal: "memory", ...heap }];
}
