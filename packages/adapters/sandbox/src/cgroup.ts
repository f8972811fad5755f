import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** What one container may use. */
export interface CgroupLimits {
  /** Hard limit, mebibytes, swap included. */
  readonly memoryMb: number;
  /** Processes and threads. */
  readonly pids: number;
  /** 2 to 1024, relative to other containers. */
  readonly cpuShares: number;
}

/** The control groups of one container. */
export interface Cgroup {
  /** Files that a process joins by, when its pid is written to them. */
  readonly joinFiles: readonly string[];
  /** Sets limits, once: from then on it is a container's. @throws Error of the file system */
  limit(limits: CgroupLimits): void;
  isLimited(): boolean;
  /** Stops all processes inside. @returns when all of them stand. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** How many processes the kernel has killed because the memory was used up. */
  memoryKills(): number;
  /** Kills what is left inside and removes the groups. @returns when they are gone. Idempotent. */
  remove(): Promise<void>;
}

/** Makes control groups, in whichever layout the host has. */
export interface CgroupHost {
  /** For the operator: `cgroup v1` or `cgroup v2`. */
  readonly label: string;
  /** Whether the kernel itself ends a whole group when one of its processes is killed for memory. */
  readonly killsWhole: boolean;
  /** Makes one without limits. @throws Error of the file system when the host does not let us. */
  make(name: string): Cgroup;
  /** Names of groups that exist, of this owner, whoever made them. */
  names(): readonly string[];
  /** Takes hold of an existing group, to remove it. */
  existing(name: string): Cgroup;
  /** Removes the owner's own folder, if it is empty. */
  close(): void;
}

export const MIB = 1024 * 1024;

/** Creates a group's folder. One that exists already will do. */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true });
}

export function put(folder: string, file: string, value: string | number): void {
  writeFileSync(`${folder}/${file}`, String(value));
}

export function read(folder: string, file: string): string {
  return readFileSync(`${folder}/${file}`, "utf8");
}

/** @returns the number behind `key` in a file of `key value` lines; 0 when there is none, or the group is gone. */
export function counter(folder: string, file: string, key: string): number {
  const line = readIfThere(folder, file)
    .split("\n")
    .find((candidate) => candidate.startsWith(`${key} `));
  return line === undefined ? 0 : Number(line.slice(key.length + 1));
}

/** @returns the pids inside, empty when the group is gone. */
export function members(folder: string): number[] {
  return readIfThere(folder, "cgroup.procs").split("\n").filter(Boolean).map(Number);
}

/** @returns whether the file holds a number: groups without a limit say `max`. */
export function hasLimit(folder: string): boolean {
  return /^\d/.test(readIfThere(folder, "pids.max"));
}

function readIfThere(folder: string, file: string): string {
  try {
    return read(folder, file);
  } catch (error) {
    if (isGone(error)) return "";
    throw error;
  }
}

/** Sub-folders of an owner's folder. */
export function folderNames(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

/** How often {@link until} asks before it waits: what the kernel does at once is over by then. */
const AT_ONCE = 20;

/** Asks a few times, then waits, in steps that grow, until `done` says so. @throws Error naming `what` after 10 seconds. */
export async function until(what: string, done: () => boolean): Promise<void> {
  for (let asked = 0; asked < AT_ONCE; asked += 1) if (done()) return;
  for (let waitedMs = 0, stepMs = 1; !done(); waitedMs += stepMs, stepMs = Math.min(stepMs * 2, 50)) {
    if (waitedMs > 10_000) throw new Error(`${what} did not happen within 10 seconds`);
    await delay(stepMs);
  }
}

/** @returns whether the folder is gone; false while the kernel still holds a process of it. */
export function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (isGone(error)) return true;
    if ((error as NodeJS.ErrnoException).code === "EBUSY") return false;
    throw error;
  }
}

export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENODEV";
}
