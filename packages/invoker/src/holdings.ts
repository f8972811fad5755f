import type { ContainerTable } from "./container-table.ts";
import type { Owner, PooledContainer } from "./pooled-container.ts";

/** Memory at work, in mebibytes. What idles is not counted: it goes when somebody needs its place. */
export interface Holdings {
  ofNamespace(namespace: string): number;
  ofOwner(ownerKey: string): number;
  /** So much more is about to work for this owner. */
  add(owner: Pick<Owner, "namespace" | "key">, memoryMb: number): void;
}

/** What the containers of a table hold now. */
export function holdings(table: Pick<ContainerTable, "all">): Holdings {
  const namespaces = new Map<string, number>();
  const owners = new Map<string, number>();
  const add: Holdings["add"] = ({ namespace, key }, memoryMb) => {
    namespaces.set(namespace, (namespaces.get(namespace) ?? 0) + memoryMb);
    owners.set(key, (owners.get(key) ?? 0) + memoryMb);
  };
  for (const pooled of table.all()) {
    if (pooled.owner !== undefined && isAtWork(pooled)) add(pooled.owner, pooled.cell.memoryMb);
  }
  return {
    ofNamespace: (namespace) => namespaces.get(namespace) ?? 0,
    ofOwner: (ownerKey) => owners.get(ownerKey) ?? 0,
    add,
  };
}

/** Whether it holds memory for work. One whose last activation has just ended counts until it is known what becomes of it. */
export function isAtWork({ state }: PooledContainer): boolean {
  return state === "busy" || state === "initializing" || state === "resuming" || state === "draining";
}
