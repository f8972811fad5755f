import { existsSync } from "node:fs";
import {
  type Cgroup,
  type CgroupHost,
  type CgroupLimits,
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

/** Where each v1 controller is mounted, and our place below it. */
export type ControllerFolders = Readonly<Record<"memory" | "pids" | "cpu" | "freezer", string>>;

/**
 * Control groups of the first generation: one tree a controller.
 * @param ownerFolders this owner's folder in each tree; made when first needed
 */
export function cgroupV1(ownerFolders: ControllerFolders): CgroupHost {
  const trees = Object.values(ownerFolders);
  const existing = (name: string): Cgroup => group(ownerFolders, name);
  return {
    label: "cgroup v1",
    killsWhole: false,
    existing,
    make(name) {
      try {
        for (const tree of trees) makeFolder(`${tree}/${name}`);
      } catch (error) {
        for (const tree of trees) tryRemove(`${tree}/${name}`);
        throw error;
      }
      return existing(name);
    },
    names: () => [...new Set(trees.flatMap(folderNames))],
    close() {
      for (const tree of trees) tryRemove(tree);
    },
  };
}

function limit(folders: ControllerFolders, name: string, limits: CgroupLimits): void {
  const memory = `${folders.memory}/${name}`;
  put(memory, "memory.limit_in_bytes", limits.memoryMb * MIB);
  // Absent where the kernel does not account swap: then there is nothing more to say.
  if (existsSync(`${memory}/memory.memsw.limit_in_bytes`)) {
    put(memory, "memory.memsw.limit_in_bytes", limits.memoryMb * MIB);
  }
  put(`${folders.pids}/${name}`, "pids.max", limits.pids);
  put(`${folders.cpu}/${name}`, "cpu.shares", limits.cpuShares);
}

function group(folders: ControllerFolders, name: string): Cgroup {
  const freezer = `${folders.freezer}/${name}`;
  const all = Object.values(folders).map((tree) => `${tree}/${name}`);
  const state = (): string => read(freezer, "freezer.state").trim();
  let shallFreeze = false; // thawing calls off a freezing under way, which would undo it
  const thaw = (): Promise<void> => {
    shallFreeze = false;
    put(freezer, "freezer.state", "THAWED");
    return until("thawing", () => state() === "THAWED");
  };
  return {
    joinFiles: all.map((folder) => `${folder}/cgroup.procs`),
    limit: (limits) => limit(folders, name, limits),
    isLimited: () => hasLimit(`${folders.pids}/${name}`),
    async freeze() {
      shallFreeze = true;
      await until("freezing", () => {
        if (!shallFreeze) throw new Error(`${name} was thawed while it was being frozen`);
        put(freezer, "freezer.state", "FROZEN"); // each time: one that forked meanwhile needs a second push
        return state() === "FROZEN";
      });
    },
    thaw,
    memoryKills: () => counter(`${folders.memory}/${name}`, "memory.oom_control", "oom_kill"),
    async remove() {
      shallFreeze = false;
      await until(`the end of ${name}`, () => {
        const left = all.flatMap(members);
        for (const pid of left) signal(pid, "SIGKILL");
        thawIfThere(freezer); // a frozen process takes no notice of a signal
        return left.length === 0 && all.map(tryRemove).every(Boolean);
      });
    },
  };
}

function thawIfThere(freezer: string): void {
  try {
    put(freezer, "freezer.state", "THAWED");
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
