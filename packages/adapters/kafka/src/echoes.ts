import type { Clock } from "@meringue/core";

/** Longest wait for an echo, in milliseconds: others that hear nothing for longer are not waited for. */
const PATIENCE_MS = 300;

/** Who says something on a topic hears it there itself, at about the time when everybody else does. */
export interface Echoes {
  /** Something is about to be said. */
  said(): void;
  /** Something of one's own was heard, or the topic did not take it. */
  over(): void;
  /** What was said may not be heard any more: nobody waits for it. */
  lost(): void;
  /** Resolves when all that was said until now was heard, was not taken, or takes longer than anybody wants to wait. */
  settled(): Promise<void>;
}

/** Counts what was said and what came back: one topic keeps the order of what one says. */
export function echoes(clock: Clock): Echoes {
  let said = 0;
  let back = 0;
  let waiting: { readonly until: number; readonly resolve: () => void }[] = [];

  function cameBack(count: number): void {
    back = Math.min(Math.max(back, count), said);
    const done = waiting.filter(({ until }) => until <= back);
    waiting = waiting.filter(({ until }) => until > back);
    for (const { resolve } of done) resolve();
  }

  return {
    said: () => void said++,
    over: () => cameBack(back + 1),
    lost: () => cameBack(said),
    async settled() {
      const until = said;
      if (back >= until) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ until, resolve });
      const cancel = clock.after(PATIENCE_MS, () => cameBack(until));
      await promise;
      cancel();
    },
  };
}
