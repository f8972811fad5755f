/** Lets a limited number of holders through at a time, the others in the order in which they came. */
export interface StartGate {
  /**
   * @param signal stops waiting
   * @returns leaves again; to be called exactly once.
   * @throws the signal's reason.
   */
  enter(signal?: AbortSignal): Promise<() => void>;
}

/** @param places how many may be inside, at least 1 */
export function startGate(places: number): StartGate {
  const waiting = new Set<() => void>();
  let free = places;

  const leave = (): void => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else {
      waiting.delete(next);
      next();
    }
  };

  return {
    async enter(signal) {
      signal?.throwIfAborted();
      if (free > 0) free -= 1;
      else await turn(waiting, signal);
      return leave;
    },
  };
}

/** Waits in line; a place is handed over, never freed, by the one who calls the callback. */
function turn(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    };
    const giveUp = (): void => {
      waiting.delete(go);
      reject(signal?.reason as Error);
    };
    waiting.add(go);
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
