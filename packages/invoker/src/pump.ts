import type { Clock } from "@meringue/core";

/** How often to look who waits, while containers go from one activation of their owner to the next; milliseconds. */
const REVIEW_MS = 100;

/** Has somebody served once for all that happens in one turn of the event loop. */
export interface Pump {
  /** At the end of this turn. */
  soon(): void;
  /** Whether nobody was looked for in a while. */
  readonly isDue: boolean;
  /** Nobody is served any more. */
  stop(): void;
}

/** @param serve serves whoever can be. @returns in how many milliseconds to do so again, if anybody waits for time to pass. */
export function pump(clock: Clock, serve: () => number | undefined): Pump {
  let comes = false;
  let stopped = false;
  /** Epoch milliseconds. */
  let reviewAt = 0;
  let cancel: (() => void) | undefined;

  function run(): void {
    comes = false;
    if (stopped) return;
    cancel?.();
    const inMs = serve();
    cancel = inMs === undefined ? undefined : clock.after(inMs, soon);
    reviewAt = clock.now() + REVIEW_MS;
  }

  function soon(): void {
    if (comes) return;
    comes = true;
    queueMicrotask(run);
  }

  return {
    soon,
    get isDue() {
      return clock.now() >= reviewAt;
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
