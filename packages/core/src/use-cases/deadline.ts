import type { Clock } from "../ports/clock.ts";

/** Calls back once when nobody waits for an answer any more. @returns stops listening. */
export type OnGone = (callback: () => void) => () => void;

/**
 * Waits for `result`, but no longer than `waitMs` and no longer than anybody cares.
 * @param result must never reject.
 * @returns undefined when the time is over, or the caller gone. The timer is gone then, whatever came first.
 */
export function withinDeadline<T>(
  result: Promise<T>,
  waitMs: number,
  clock: Clock,
  onGone?: OnGone,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const giveUp = (): void => finish(undefined);
    const cancel = clock.after(waitMs, giveUp);
    const unlisten = onGone?.(giveUp);
    function finish(value: T | undefined): void {
      cancel();
      unlisten?.();
      resolve(value);
    }
    void result.then(finish);
  });
}
