import { writeFile } from "node:fs/promises";
import type { Cgroup } from "./cgroup.ts";
import { treeOf } from "./process-tree.ts";

/**
 * Moves a process and all that descend from it. A move may wait some milliseconds for the kernel, so it is done while
 * the sandbox is laid out; what moved processes fork is born inside.
 * @returns when nobody was left outside at the last look
 * @throws Error of the file system when the host does not let us
 */
export async function joinCgroup(cgroup: Cgroup, root: number): Promise<void> {
  const moved = new Set<number>();
  for (let next: readonly number[] = [root]; next.length > 0; ) {
    for (const pid of next) {
      moved.add(pid);
      for (const file of cgroup.joinFiles) await move(file, pid);
    }
    next = treeOf(root)
      .map((entry) => entry.pid)
      .filter((pid) => !moved.has(pid));
  }
}

async function move(file: string, pid: number): Promise<void> {
  try {
    await writeFile(file, String(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it ended meanwhile
  }
}
