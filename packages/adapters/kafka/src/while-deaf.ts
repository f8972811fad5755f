import type { Clock } from "@meringue/core";

/** How old what a cache remembers can get while changes go unheard, once that is known, in milliseconds. */
const FORGET_EVERY_MS = 10_000;

/**
 * Forgets again and again for as long as changes go unheard.
 * @param hears whether changes are heard now. @returns stops.
 */
export function forgetWhileDeaf(clock: Clock, hears: () => boolean, forget: () => void): () => void {
  let cancel = (): void => undefined;
  const look = (): void => {
    if (!hears()) forget();
    cancel = clock.after(FORGET_EVERY_MS, look);
  };
  cancel = clock.after(FORGET_EVERY_MS, look);
  return () => cancel();
}
