import type { Cgroup, CgroupHost } from "./cgroup.ts";
import { joinCgroup } from "./join-cgroup.ts";
import type { NetworkPlace, SandboxNetwork } from "./network.ts";
import { type ParkedShell, type Parking, parkShell } from "./sandbox-process.ts";

/** Everything of a container that does not depend on what it is to run, and takes a while. */
export interface Berth {
  readonly place: NetworkPlace;
  /** Undefined where there are no control groups. */
  readonly cgroup: Cgroup | undefined;
  readonly shell: ParkedShell;
}

/** What berths are made of. */
export interface BerthParts extends Omit<Parking, "enter"> {
  readonly network: SandboxNetwork;
  /** Undefined where there are no control groups. */
  readonly groups: CgroupHost | undefined;
  /** Ends the names of groups: tells them from those of dead servers. */
  readonly instance: string;
}

/** @returns makes one berth after the other. */
export function berthMaker(parts: BerthParts): () => Promise<Berth> {
  const { network, groups, instance } = parts;
  let made = 0;
  return async () => {
    await using undo = new AsyncDisposableStack();
    const place = await network.take();
    undo.defer(() => place.release());
    const cgroup = groups?.make(`${(made++).toString(36)}.${instance}`);
    undo.defer(() => cgroup?.remove());
    const shell = await parkShell({ ...parts, enter: place.enter });
    undo.defer(() => shell.kill());
    if (cgroup !== undefined) await joinCgroup(cgroup, shell.pid);
    undo.move();
    return { place, cgroup, shell };
  };
}

/** Frees a berth that nobody took. */
export async function freeBerth({ place, cgroup, shell }: Berth): Promise<void> {
  shell.kill();
  await shell.ended;
  for (const stream of [shell.input, shell.output, shell.stdout, shell.stderr]) stream.destroy();
  try {
    await cgroup?.remove();
  } finally {
    await place.release();
  }
}
