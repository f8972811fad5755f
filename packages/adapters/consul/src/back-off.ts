import type { Clock } from "@meringue/core";

const FIRST_MS = 100;
const LONGEST_MS = 5_000;

/** Pauses between tries, each twice as long as the one before. */
export interface BackOff {
  /** Waits; returns at once when it is aborted. */
  wait(): Promise<void>;
  /** Waits so long, in milliseconds, if that is more than 0; returns at once when it is aborted. */
  rest(ms: number): Promise<void>;
  /** A try has succeeded. @returns whether others had failed before */
  reset(): boolean;
}

export function backOff(clock: Clock, signal: AbortSignal): BackOff {
  let nextMs = FIRST_MS;
  const rest = (ms: number): Promise<void> => {
    if (ms <= 0 || signal.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(ms, resolve);
    const stop = (): void => {
      cancel();
      resolve();
    };
    signal.addEventListener("abort", stop, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", stop));
  };
  return {
    rest,
    wait() {
      const waitMs = nextMs * (0.75 + Math.random() / 2); // each a little differently, so that not all come back at once
      nextMs = Math.min(2 * nextMs, LONGEST_MS);
      return rest(waitMs);
    },
    reset() {
      const hadFailed = nextMs > FIRST_MS;
      nextMs = FIRST_MS;
      return hadFailed;
    },
  };
}
