import { readFileSync, statfsSync } from "node:fs";
import type { Clock } from "@meringue/core";
import { MIB } from "./cgroup.ts";
import { listProcesses, type ProcessEntry, readProc, treeOf } from "./process-tree.ts";

/** Something that is looked at from time to time, while it is in use. */
export interface Watched {
  /** Looks, and acts. @param processes all of the host, undefined when the watch does not list them */
  look(processes: ReadonlyMap<number, ProcessEntry>): void;
}

/** Looks at things periodically; rests while there are none. */
export interface Watch {
  add(watched: Watched): void;
  remove(watched: Watched): void;
}

/**
 * @param everyMs between two looks
 * @param list what each look is given; one list serves all
 */
export function periodicWatch(
  clock: Clock,
  everyMs: number,
  list: () => ReadonlyMap<number, ProcessEntry> = listProcesses,
): Watch {
  const all = new Set<Watched>();
  let cancel: (() => void) | undefined;
  function tick(): void {
    try {
      const processes = list();
      for (const watched of all) watched.look(processes);
    } catch (error) {
      if (!isShortage(error)) throw error; // the next look may find descriptors again
    }
    cancel = all.size === 0 ? undefined : clock.after(everyMs, tick);
  }
  return {
    add(watched) {
      all.add(watched);
      cancel ??= clock.after(everyMs, tick);
    },
    remove(watched) {
      all.delete(watched);
      if (all.size > 0) return;
      cancel?.();
      cancel = undefined;
    },
  };
}

/** Whether the process, or the host, has no file descriptors left. */
function isShortage(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EMFILE" || code === "ENFILE";
}

/** A sandbox to be measured. */
export interface Measured {
  /** The process that we started. */
  readonly pid: number;
  /** Size of each of its writable folders, which lie in memory, in bytes; 0 when it has none of its own. */
  readonly folderBytes: number;
}

/** What a sandbox uses, as seen from outside. */
export interface Usage {
  readonly memoryBytes: number;
  /** Threads included. */
  readonly processes: number;
}

/** Adds up what the processes of a sandbox use. What they share counts for each. */
export function usageOf({ pid, folderBytes }: Measured, all: ReadonlyMap<number, ProcessEntry>): Usage {
  const tree = treeOf(pid, all);
  const sizes = [...tree.map((entry) => residentBytes(entry.pid)), filesBytes(tree.at(-1)?.pid ?? pid, folderBytes)];
  return { memoryBytes: sum(sizes), processes: sum(tree.map((entry) => entry.threads)) };
}

/** As {@link usageOf} has it, but what is shared counts once: dearer, so only asked when the cheaper sum is too high. */
export function exactMemoryOf({ pid, folderBytes }: Measured, all: ReadonlyMap<number, ProcessEntry>): number {
  const tree = treeOf(pid, all);
  return sum([...tree.map((entry) => proportionalBytes(entry.pid)), filesBytes(tree.at(-1)?.pid ?? pid, folderBytes)]);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Memory that is not a copy of a file: what a process would give back by ending. */
function residentBytes(pid: number): number {
  return sumKib(readProc(`/proc/${pid}/status`) ?? "", ["RssAnon", "RssShmem", "VmSwap"]);
}

function proportionalBytes(pid: number): number {
  const text = readProc(`/proc/${pid}/smaps_rollup`);
  return text === undefined ? residentBytes(pid) : sumKib(text, ["Pss_Anon", "Pss_Shmem", "SwapPss"]);
}

function sumKib(text: string, keys: readonly string[]): number {
  const lines = text.split("\n").map((line) => line.split(/:\s*/));
  const kib = lines.filter(([key]) => keys.includes(key ?? "")).map(([, value = "0"]) => Number.parseInt(value, 10));
  return sum(kib) * 1024;
}

/** An inode of a file system in memory takes about this much, however empty the file. */
const INODE_BYTES = 1024;

function filesBytes(pid: number, folderBytes: number): number {
  try {
    const [action, ...others] = ["/action", "/tmp", "/dev/shm"].map((folder) =>
      statfsSync(`/proc/${pid}/root${folder}`),
    );
    // While a sandbox is being laid out, it still shows the host's folders.
    if (action === undefined || action.blocks * action.bsize !== folderBytes) return 0;
    return sum(
      [action, ...others].map((fs) => (fs.blocks - fs.bfree) * fs.bsize + (fs.files - fs.ffree) * INODE_BYTES),
    );
  } catch {
    return 0; // it has ended, or has none
  }
}

/** The kernel's release, as two numbers. */
export function kernelRelease(text = readFileSync("/proc/sys/kernel/osrelease", "utf8")): [number, number] {
  const [major = "0", minor = "0"] = text.split(".");
  return [Number(major), Number.parseInt(minor, 10)];
}

/** RLIMIT_DATA for a container: far above what it may use, for V8 alone sets 600 MB aside; it stops the grossest. */
export function dataLimitKib(memoryMb: number): number {
  return (memoryMb + 1024) * (MIB / 1024);
}
