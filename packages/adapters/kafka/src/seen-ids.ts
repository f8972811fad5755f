/** Remembers the newest ids that it was given. */
export interface SeenIds {
  /** @returns false when it is remembered already. */
  add(id: string): boolean;
}

/** @param limit how many it remembers; 100 bytes each, more or less. */
export function seenIds(limit = 100_000): SeenIds {
  const seen = new Set<string>();
  return {
    add(id) {
      if (seen.has(id)) return false;
      seen.add(id);
      if (seen.size > limit) {
        const [oldest = id] = seen;
        seen.delete(oldest);
      }
      return true;
    },
  };
}
