/** Collects what comes, and lets wait for it. */
export interface Collected<T> {
  readonly all: readonly T[];
  /** @returns the first `count` of all, once they are there. */
  first(count: number): Promise<readonly T[]>;
  readonly add: (item: T) => void;
}

/** Makes an empty collection. */
export function collected<T>(): Collected<T> {
  const all: T[] = [];
  let wake = Promise.withResolvers<void>();
  return {
    all,
    async first(count) {
      while (all.length < count) await wake.promise;
      return all.slice(0, count);
    },
    add(item) {
      all.push(item);
      wake.resolve();
      wake = Promise.withResolvers();
    },
  };
}
