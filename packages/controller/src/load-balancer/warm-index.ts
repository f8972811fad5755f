/** Which invokers have idle containers of a sort. */
export interface WarmIndex {
  add(key: string, instance: number): void;
  remove(key: string, instance: number): void;
  of(key: string): ReadonlySet<number>;
}

const NOBODY: ReadonlySet<number> = new Set();

export function warmIndex(): WarmIndex {
  const invokers = new Map<string, Set<number>>();
  return {
    add(key, instance) {
      const known = invokers.get(key);
      if (known === undefined) invokers.set(key, new Set([instance]));
      else known.add(instance);
    },
    remove(key, instance) {
      const known = invokers.get(key);
      known?.delete(instance);
      if (known?.size === 0) invokers.delete(key);
    },
    of: (key) => invokers.get(key) ?? NOBODY,
  };
}
