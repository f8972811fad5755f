import { hasRoom, type PooledContainer } from "./pooled-container.ts";

/** The pool's one table: every container that holds memory on this machine, from before it is created until it is gone. */
export interface ContainerTable {
  /** Mebibytes held: by containers in any state, and by those being created. */
  readonly usedMb: number;
  /** Mebibytes of it that are about to come free. */
  readonly leavingMb: number;
  readonly size: number;
  /** Notes memory for a container that is about to be created. @returns takes the note back. */
  reserve(memoryMb: number): () => void;
  add(pooled: PooledContainer): void;
  delete(pooled: PooledContainer): void;
  all(): IteratorObject<PooledContainer>;
  /** An initialized container of this owner that can take an activation at once: a running one before a paused one. */
  withRoom(ownerKey: string): PooledContainer | undefined;
  of(ownerKey: string): Iterable<PooledContainer>;
  /** Containers of an owner, in any state. */
  count(ownerKey: string): number;
  /** Stem cells of one class. */
  cells(key: string): readonly PooledContainer[];
}

/** An empty table. */
export function containerTable(): ContainerTable {
  const all = new Set<PooledContainer>();
  const byOwner = new Map<string, Set<PooledContainer>>();
  let reservedMb = 0;

  const sumMb = (wanted: (pooled: PooledContainer) => boolean): number => {
    let sum = 0;
    for (const pooled of all) if (wanted(pooled)) sum += pooled.cell.memoryMb;
    return sum;
  };
  const of = (ownerKey: string): Iterable<PooledContainer> => byOwner.get(ownerKey) ?? [];

  return {
    get usedMb() {
      return reservedMb + sumMb(() => true);
    },
    get leavingMb() {
      return sumMb((pooled) => pooled.state === "removing");
    },
    get size() {
      return all.size;
    },
    reserve(memoryMb) {
      reservedMb += memoryMb;
      return () => {
        reservedMb -= memoryMb;
      };
    },
    add(pooled) {
      all.add(pooled);
      if (pooled.owner === undefined) return;
      const owned = byOwner.get(pooled.owner.key);
      if (owned === undefined) byOwner.set(pooled.owner.key, new Set([pooled]));
      else owned.add(pooled);
    },
    delete(pooled) {
      all.delete(pooled);
      if (pooled.owner === undefined) return;
      const owned = byOwner.get(pooled.owner.key);
      owned?.delete(pooled);
      if (owned?.size === 0) byOwner.delete(pooled.owner.key);
    },
    all: () => all.values(),
    withRoom(ownerKey) {
      let paused: PooledContainer | undefined;
      for (const pooled of of(ownerKey)) {
        if (!hasRoom(pooled)) continue;
        if (pooled.state !== "paused") return pooled;
        paused ??= pooled;
      }
      return paused;
    },
    of,
    count: (ownerKey) => byOwner.get(ownerKey)?.size ?? 0,
    cells: (key) => [...all].filter((p) => p.state === "cell" && p.cellKey === key),
  };
}
