/** A map that forgets what was used longest ago once it holds too many entries, or too much. */
export interface BoundedMap<V> {
  get(key: string): V | undefined;
  /** @param bytes what the value counts for. */
  set(key: string, value: V, bytes: number): void;
  delete(key: string): void;
  clear(): void;
  entries(): IterableIterator<readonly [string, V]>;
  readonly size: number;
}

/**
 * Makes a {@link BoundedMap}.
 * @param maxBytes bound on the sum of the values' sizes, as told to `set`; a value beyond it is not kept at all.
 */
export function boundedMap<V>(maxEntries: number, maxBytes = Number.POSITIVE_INFINITY): BoundedMap<V> {
  const held = new Map<string, { readonly value: V; readonly bytes: number }>();
  let total = 0;
  const drop = (key: string): void => {
    total -= held.get(key)?.bytes ?? 0;
    held.delete(key);
  };
  return {
    get(key) {
      const entry = held.get(key);
      if (entry === undefined) return undefined;
      // A map keeps the order of insertion: what is put back last was used last.
      held.delete(key);
      held.set(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      drop(key);
      if (bytes > maxBytes) return;
      held.set(key, { value, bytes });
      total += bytes;
      for (const oldest of held.keys()) {
        if (held.size <= maxEntries && total <= maxBytes) break;
        drop(oldest);
      }
    },
    delete: drop,
    clear() {
      held.clear();
      total = 0;
    },
    *entries() {
      for (const [key, { value }] of held) yield [key, value] as const;
    },
    get size() {
      return held.size;
    },
  };
}
