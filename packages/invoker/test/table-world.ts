import { fakeContainer } from "@meringue/testkit";
import type { ContainerState } from "../src/container-life.ts";
import { type ContainerTable, containerTable } from "../src/container-table.ts";
import { type Owner, type PooledContainer, pooledContainer } from "../src/pooled-container.ts";

export interface TableWorld {
  readonly table: ContainerTable;
  /** Adds a container in some state; by default one that belongs to `guest/a`, of 256 MB. */
  has(state: ContainerState, over?: Partial<TableEntry>): PooledContainer;
}

export interface TableEntry {
  readonly memoryMb: number;
  readonly kind: string;
  readonly owner: string;
  readonly concurrency: number;
  readonly inFlight: number;
  readonly idleSince: number;
}

/** A table with containers that nobody works with. */
export function tableWorld(): TableWorld {
  const table = containerTable();
  let names = 0;
  return {
    table,
    has(state, { memoryMb = 256, kind = "nodejs:24", owner = "guest/a", ...over } = {}) {
      const cell = { kind, image: "image", pull: "never", memoryMb } as const;
      const pooled = pooledContainer(fakeContainer({ ...cell, name: `c${++names}`, cpuShares: 2, env: {} }), cell);
      const whose: Owner = {
        key: owner,
        namespace: owner,
        actionId: "guest/hello",
        concurrency: over.concurrency ?? 1,
      };
      const owned = state === "cell" || state === "starting" ? undefined : whose;
      const busy = state === "busy" || state === "initializing" || state === "resuming" || state === "draining";
      Object.assign(pooled, { state, owner: owned, inFlight: busy ? 1 : 0, ...over });
      table.add(pooled);
      return pooled;
    },
  };
}
