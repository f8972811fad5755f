import { WARM_TOLD, warmKey } from "@meringue/core";
import type { ContainerTable } from "./container-table.ts";
import { isAtWork } from "./holdings.ts";

/** How the memory of an invoker is used, for whoever places activations. */
export interface Occupancy {
  /** Memory of containers that run something, in mebibytes. */
  readonly busyMemoryMb: number;
  /** Containers that idle, by `warmKey`: how many of each. */
  readonly warm: Readonly<Record<string, number>>;
}

/** How the containers of a table are used now. */
export function occupancyOf(table: Pick<ContainerTable, "all">): Occupancy {
  const warm = new Map<string, number>();
  let busyMemoryMb = 0;
  for (const pooled of table.all()) {
    const { owner, cell, state } = pooled;
    if (owner === undefined) continue;
    if (isAtWork(pooled)) {
      busyMemoryMb += cell.memoryMb;
      continue;
    }
    if (state !== "idle" && state !== "paused" && state !== "pausing") continue; // it is going
    // an owner's key ends in the revision
    const key = warmKey(owner.namespace, owner.actionId, owner.key.slice(owner.key.lastIndexOf("|") + 1));
    warm.set(key, (warm.get(key) ?? 0) + 1);
  }
  return { busyMemoryMb, warm: Object.fromEntries([...warm].slice(-WARM_TOLD)) };
}
