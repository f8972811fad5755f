import { readdirSync, readFileSync } from "node:fs";

/** One process as /proc tells it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** `T` is stopped, `Z` is dead but not yet taken note of. */
  readonly state: string;
  /** Threads, the main one included. */
  readonly threads: number;
}

/** Every process of the host that /proc shows, by pid; none where there is no /proc. */
export function listProcesses(): Map<number, ProcessEntry> {
  if (process.platform !== "linux") return new Map();
  const all = new Map<number, ProcessEntry>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const entry = readProcess(pid);
    if (entry !== undefined) all.set(pid, entry);
  }
  return all;
}

function readProcess(pid: number): ProcessEntry | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The program's name stands in parentheses and may hold anything, so fields are counted from the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid, state: fields[0] ?? "", parent: Number(fields[1]), threads: Number(fields[17]) };
}

/** @returns the text of a file of /proc, undefined when its process has gone. */
export function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined; // it ended meanwhile, which is no failure of ours
  }
}

/**
 * The process and all that descend from it, dead ones left out. In a pid namespace nobody can leave this tree.
 * @param all if they have been listed already; without, they are asked for one by one, which is cheaper for one tree
 */
export function treeOf(root: number, all?: ReadonlyMap<number, ProcessEntry>): ProcessEntry[] {
  return all === undefined && childrenOf(root) !== undefined ? walk(root) : select(root, all ?? listProcesses());
}

function select(root: number, all: ReadonlyMap<number, ProcessEntry>): ProcessEntry[] {
  const children = Map.groupBy(all.values(), (entry) => entry.parent);
  const tree: ProcessEntry[] = [];
  const next = [all.get(root)];
  for (let entry = next.pop(); entry !== undefined; entry = next.pop()) {
    if (entry.state !== "Z") tree.push(entry);
    next.push(...(children.get(entry.pid) ?? []));
  }
  return tree;
}

function walk(root: number): ProcessEntry[] {
  const entry = readProcess(root);
  const below = (childrenOf(root) ?? []).flatMap(walk);
  return entry === undefined || entry.state === "Z" ? below : [entry, ...below];
}

/** @returns undefined when it has gone, or when the kernel does not list children */
function childrenOf(pid: number): number[] | undefined {
  if (process.platform !== "linux") return undefined;
  const lists = threadsOf(pid).map((thread) => readProc(`/proc/${pid}/task/${thread}/children`));
  const known = lists.filter((list) => list !== undefined);
  if (known.length === 0) return undefined;
  return known.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // it ended meanwhile
  }
}

/** @returns whether the process was there to receive it. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
