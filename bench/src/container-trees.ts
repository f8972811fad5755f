import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { children, descendants } from "./proc.ts";

const run = promisify(execFile);
const POLL_MS = 50;
const GONE_TIMEOUT_MS = 20_000;

/** Tells the first processes of all containers that there are. */
export type FindContainers = () => Promise<readonly number[]>;

/** Sandboxes of a server: its children, but for the shells that wait to become one. */
export function sandboxesOf(serverPid: number): FindContainers {
  return async () => {
    const all = await children(serverPid);
    const names = await Promise.all(all.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")));
    return all.filter((_, at) => !["", "sh", "dash", "bash"].includes(names[at]?.trim() ?? ""));
  };
}

/** Docker containers of a server. @param ownerId by which it names them */
export function dockerContainersOf(ownerId: string): FindContainers {
  return async () => {
    const { stdout } = await run("docker", ["ps", "-q", "--filter", `name=meringue-${ownerId}-`]);
    const ids = stdout.split("\n").filter((id) => id !== "");
    if (ids.length === 0) return [];
    // one may be removed between the two calls: then what is printed of the others counts
    const told = await run("docker", ["inspect", "-f", "{{.State.Pid}}", ...ids]).catch(
      (error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }),
    );
    return told.stdout.split("\n").flatMap((pid) => (Number(pid) > 0 ? [Number(pid)] : []));
  };
}

/** All processes of some containers. */
export async function processesOf(containers: readonly number[]): Promise<readonly number[]> {
  const below = await Promise.all(containers.map((pid) => descendants(pid)));
  return [...containers, ...below.flat()];
}

/**
 * Memory of whichever container goes away when `end` is called, what it shares with others in proportion.
 * @returns mebibytes, undefined when none went
 */
export async function memoryOfRemoved(find: FindContainers, end: () => Promise<unknown>): Promise<number | undefined> {
  const before = await find();
  const sizes = new Map<number, number>();
  for (const pid of before) sizes.set(pid, await treeMb(pid));
  await end();
  for (const giveUpAt = performance.now() + GONE_TIMEOUT_MS; performance.now() < giveUpAt; await pause(POLL_MS)) {
    const now = new Set(await find());
    const gone = before.filter((pid) => !now.has(pid));
    if (gone.length > 0) return sizes.get(gone[0] ?? 0);
  }
  return undefined;
}

async function treeMb(pid: number): Promise<number> {
  const sizes = await Promise.all((await processesOf([pid])).map((each) => proportionalMb(each).catch(() => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function proportionalMb(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}
