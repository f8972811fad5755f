import { existsSync } from "node:fs";
import {
  type Cgroup,
  type CgroupHost,
  counter,
  folderNames,
  hasLimit,
  isGone,
  MIB,
  makeFolder,
  members,
  put,
  read,
  tryRemove,
  until,
} from "./cgroup.ts";
import { signal } from "./process-tree.ts";

const CONTROLLERS = ["memory", "pids", "cpu"];
/** Where our own process goes, when the group that it was given is to be divided. */
const SERVER_LEAF = "meringue-server";

/**
 * Control groups of the second generation: one tree, in which only leaves hold processes.
 * @param ownerFolder this owner's folder; made when first needed
 */
export function cgroupV2(ownerFolder: string): CgroupHost {
  return {
    label: "cgroup v2",
    killsWhole: true,
    existing: (name) => group(`${ownerFolder}/${name}`),
    make(name) {
      makeFolder(`${ownerFolder}/${name}`);
      return group(`${ownerFolder}/${name}`);
    },
    names: () => folderNames(ownerFolder),
    close: () => void tryRemove(ownerFolder),
  };
}

/** cpu.weight, 1 to 10000, for shares of the first generation, 2 to 262144. */
export function weightOf(cpuShares: number): number {
  return 1 + Math.floor(((cpuShares - 2) * 9999) / 262_142);
}

/**
 * Lets the children of a group have limits of their own. A group that holds processes may not be divided, so ours
 * move to a leaf first; that works only where the group was delegated to us.
 * @throws Error of the file system when it was not
 */
export async function divide(folder: string): Promise<void> {
  const wanted = CONTROLLERS.filter((name) => !words(folder, "cgroup.subtree_control").includes(name));
  if (wanted.length === 0) return;
  const missing = wanted.filter((name) => !words(folder, "cgroup.controllers").includes(name));
  if (missing.length > 0) throw new Error(`the controllers ${missing.join(", ")} are not delegated`);
  const isRoot = !existsSync(`${folder}/cgroup.type`); // which alone may hold processes and be divided
  if (!isRoot && members(folder).length > 0) await emptyInto(folder, `${folder}/${SERVER_LEAF}`);
  put(folder, "cgroup.subtree_control", wanted.map((name) => `+${name}`).join(" "));
}

async function emptyInto(folder: string, leaf: string): Promise<void> {
  makeFolder(leaf);
  await until("moving to a group of its own", () => {
    const here = members(folder);
    for (const pid of here) move(pid, leaf);
    return here.length === 0;
  });
}

function move(pid: number, leaf: string): void {
  try {
    put(leaf, "cgroup.procs", pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it ended meanwhile
  }
}

function words(folder: string, file: string): string[] {
  return read(folder, file).trim().split(/\s+/);
}

function group(folder: string): Cgroup {
  const frozen = (): boolean => counter(folder, "cgroup.events", "frozen") === 1;
  return {
    joinFiles: [`${folder}/cgroup.procs`],
    limit({ memoryMb, pids, cpuShares }) {
      put(folder, "memory.max", memoryMb * MIB);
      // Absent where the kernel does not account swap: then there is nothing more to say.
      if (existsSync(`${folder}/memory.swap.max`)) put(folder, "memory.swap.max", 0);
      put(folder, "memory.oom.group", 1);
      put(folder, "pids.max", pids);
      put(folder, "cpu.weight", weightOf(cpuShares));
    },
    freeze() {
      put(folder, "cgroup.freeze", 1);
      return until("freezing", frozen);
    },
    thaw() {
      put(folder, "cgroup.freeze", 0);
      return until("thawing", () => !frozen());
    },
    isLimited: () => hasLimit(folder),
    memoryKills: () => counter(folder, "memory.events", "oom_kill"),
    async remove() {
      await until(`the end of ${folder}`, () => {
        killAll(folder);
        return tryRemove(folder);
      });
    },
  };
}

function killAll(folder: string): void {
  if (members(folder).length === 0) return;
  try {
    put(folder, "cgroup.kill", 1);
  } catch (error) {
    if (isGone(error) && !existsSync(folder)) return;
    // Kernels before 5.14 do not know it. A frozen process of this generation still takes a SIGKILL.
    for (const pid of members(folder)) signal(pid, "SIGKILL");
  }
}
