/** Things that take a while to make, made before they are asked for. */
export interface ReadyPool<T> {
  /** @returns one made ahead, or one made now. @throws what making it threw. */
  take(): Promise<T>;
  /** Makes no more, and destroys what nobody took. */
  close(): Promise<void>;
}

/** How long refilling waits while there is plenty, in milliseconds. */
const REST_MS = 100;

/**
 * Keeps `size` things ready. One is made at a time, in the background; a failure there is not lost: the next `take`
 * that finds nothing ready makes its own and throws.
 */
export function readyPool<T>(size: number, make: () => Promise<T>, destroy: (thing: T) => Promise<void>): ReadyPool<T> {
  const ready: T[] = [];
  let refilling: Promise<void> | undefined;
  let closed = false;

  async function refill(): Promise<void> {
    try {
      while (!closed && ready.length < size) ready.push(await make());
    } catch {
      // Whoever comes next makes one itself and is told.
    }
    refilling = undefined;
  }
  function keepFull(): void {
    if (!closed && ready.length < size) refilling ??= refill();
  }

  setTimeout(keepFull, REST_MS).unref();
  return {
    async take() {
      const thing = ready.shift() ?? (await make());
      // The taker is in more of a hurry, unless others like it are about to find nothing.
      setTimeout(keepFull, ready.length < size / 2 ? 0 : REST_MS).unref();
      return thing;
    },
    async close() {
      closed = true;
      await refilling;
      await Promise.all(ready.splice(0).map(destroy));
    },
  };
}
