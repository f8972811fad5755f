/** What Linux tells of processes. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const TICKS_PER_SECOND = 100; // what /proc counts in, whatever the machine

interface Stat {
  readonly parent: number;
  /** Processor time so far of all its threads, those that ended included, in microseconds. */
  readonly cpuUs: number;
}

async function stat(path: string): Promise<Stat> {
  const text = await readFile(path, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { parent: Number(fields[1]), cpuUs: (ticks / TICKS_PER_SECOND) * 1e6 };
}

/** Processor time that a process and its threads have taken so far, in microseconds; exact to 10 ms. */
export async function cpuUs(pid: number): Promise<number> {
  return (await stat(`/proc/${pid}/stat`)).cpuUs;
}

/** The same of its first thread alone: the event loop. */
export async function loopCpuUs(pid: number): Promise<number> {
  return (await stat(`/proc/${pid}/task/${pid}/stat`)).cpuUs;
}

/** All children of a process, their children, and so on. */
export async function descendants(pid: number): Promise<readonly number[]> {
  const all = await childrenOfAll();
  const below = (parent: number): number[] => (all.get(parent) ?? []).flatMap((each) => [each, ...below(each)]);
  return below(pid);
}

/** The children of a process, and no more. */
export async function children(pid: number): Promise<readonly number[]> {
  return (await childrenOfAll()).get(pid) ?? [];
}

async function childrenOfAll(): Promise<ReadonlyMap<number, readonly number[]>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = new Map<number, number[]>();
  for (const each of pids) {
    const parent = await stat(`/proc/${each}/stat`).then(
      (known) => known.parent,
      () => undefined, // it ended meanwhile
    );
    if (parent !== undefined) found.set(parent, [...(found.get(parent) ?? []), each]);
  }
  return found;
}

/** A figure in mebibytes from /proc/PID/status: `VmRSS` is what is resident. */
export async function memoryMb(pid: number, field = "VmRSS"): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
}

/** All processors, as {@link pinTree} takes them. */
export const EVERYWHERE = `0-${availableParallelism() - 1}`;

/** Holds a process and its threads, and what it will start, to a processor. */
export async function pinProcess(pid: number, cpu: number | string): Promise<void> {
  await run("taskset", ["-a", "-c", "-p", String(cpu), String(pid)]);
}

/** The same, and all that it has started already. @throws Error when one of them escaped */
export async function pinTree(pid: number, cpu: number | string): Promise<void> {
  await pinProcess(pid, cpu);
  for (const each of await descendants(pid)) await pinProcess(each, cpu).catch(() => undefined); // it may have ended
  for (const each of [pid, ...(await descendants(pid))]) {
    const text = await readFile(`/proc/${each}/status`, "utf8").catch(() => "");
    const allowed = /^Cpus_allowed_list:\s+(\S+)$/m.exec(text)?.[1];
    if (allowed !== undefined && allowed !== String(cpu)) throw new Error(`process ${each} may run on ${allowed}`);
  }
}

const QUIET_MS = 100;
const QUIET_CPU_US = 10_000;
const QUIET_TIMEOUT_MS = 10_000;

/** {@link settled}, where the figures matter. */
export async function settle({ quick }: { readonly quick: boolean }, pid: number | undefined): Promise<void> {
  if (!quick && pid !== undefined) await settled(pid);
}

/** Waits until a process and all that it started rest: a tenth of a second with next to no processor time. */
export function settled(pid: number): Promise<void> {
  return allSettled(async () => [pid, ...(await descendants(pid))]);
}

/** The same of any processes, which are asked for again each time. */
export async function allSettled(find: () => Promise<readonly number[]>): Promise<void> {
  const total = async (): Promise<number> => {
    const each = await Promise.all((await find()).map((one) => cpuUs(one).catch(() => 0)));
    return each.reduce((sum, one) => sum + one, 0);
  };
  const giveUpAt = performance.now() + QUIET_TIMEOUT_MS;
  for (let before = await total(); performance.now() < giveUpAt; ) {
    await pause(QUIET_MS);
    const now = await total();
    if (Math.abs(now - before) <= QUIET_CPU_US) return;
    before = now;
  }
}
