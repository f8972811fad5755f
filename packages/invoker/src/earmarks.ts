/** Memory that is kept free for owners until there is as much as they need. */
export interface Earmarks {
  /** Of one owner, in mebibytes; 0 if there is none. */
  readonly of: (ownerKey: string) => number;
  readonly totalMb: number;
  /** Keeps so much more for an owner, up to what he needs. */
  add(ownerKey: string, memoryMb: number, needMb: number): void;
  drop(ownerKey: string): void;
  /** Whether an owner has some, but less than he needs. */
  isPart(ownerKey: string): boolean;
  /** Takes back what goes beyond so much in all: first from who came last. */
  trim(toMb: number): void;
  /** Drops those of all owners but these. */
  keepOnly(owners: readonly { readonly ownerKey: string }[]): void;
}

/** None yet. */
export function earmarks(): Earmarks {
  const kept = new Map<string, number>();
  const needs = new Map<string, number>();
  let totalMb = 0;
  const drop = (ownerKey: string): void => {
    totalMb -= kept.get(ownerKey) ?? 0;
    kept.delete(ownerKey);
    needs.delete(ownerKey);
  };
  return {
    of: (ownerKey) => kept.get(ownerKey) ?? 0,
    get totalMb() {
      return totalMb;
    },
    add(ownerKey, memoryMb, needMb) {
      const had = kept.get(ownerKey) ?? 0;
      const has = Math.min(needMb, had + memoryMb);
      kept.set(ownerKey, has);
      needs.set(ownerKey, needMb);
      totalMb += has - had;
    },
    drop,
    isPart: (ownerKey) => (kept.get(ownerKey) ?? 0) < (needs.get(ownerKey) ?? 0),
    trim(toMb) {
      for (const [ownerKey, memoryMb] of [...kept].reverse()) {
        if (totalMb <= toMb) return;
        const backMb = Math.min(memoryMb, totalMb - toMb);
        kept.set(ownerKey, memoryMb - backMb);
        totalMb -= backMb;
      }
    },
    keepOnly(owners) {
      if (kept.size === 0) return;
      const those = new Set(owners.map(({ ownerKey }) => ownerKey));
      for (const ownerKey of kept.keys()) if (!those.has(ownerKey)) drop(ownerKey);
    },
  };
}
