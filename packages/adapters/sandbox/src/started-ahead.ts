import type { Launcher } from "./launcher.ts";

/** What a sandbox is wanted for, as far as its program can tell: neither whose it will be, nor its limits. */
export interface Wish {
  readonly launcher: Launcher;
  /** Environment beside the launcher's own. */
  readonly env: Readonly<Record<string, string>>;
}

/** Sandboxes whose programs were started before anybody wanted them. Each serves one container, like any other. */
export interface StartedAhead<T> {
  /** @returns one that waits for just this; undefined when there is none. Either way there will be one for the next. */
  take(wish: Wish): T | undefined;
  /** Starts no more, and removes what nobody took. */
  close(): Promise<void>;
}

/** What {@link startedAhead} does its work with. */
export interface AheadParts<T> {
  /** Starts one. */
  readonly start: (wish: Wish) => Promise<T>;
  readonly isAlive: (waiting: T) => boolean;
  readonly remove: (waiting: T) => Promise<void>;
  /** Is told of what failed and concerns no caller. */
  readonly failed: (what: string, error: unknown) => void;
  /** @returns cancels it. */
  readonly after: (delayMs: number, callback: () => void) => () => void;
}

/** Nobody has wanted anything for so long: what is started ahead is in no one's way, in milliseconds. */
export const CALM_MS = 250;
/** How long one waits that nobody wants, in milliseconds. */
export const WAIT_MS = 600_000;
/** Sorts that one is kept of; the one that was wanted least recently goes first. */
const MOST_SORTS = 3;

interface Sort<T> {
  readonly wish: Wish;
  waiting: T | undefined;
  /** Ends the wait. */
  cancel: () => void;
}

/** Keeps one ready of each sort that was wanted lately, if its launcher may be started ahead. */
export function startedAhead<T>({ start, isAlive, remove, failed, after }: AheadParts<T>): StartedAhead<T> {
  /** In the order in which they were wanted. */
  const sorts = new Map<string, Sort<T>>();
  const removing = new Set<Promise<void>>();
  let cancelCalm = (): void => undefined;
  let filling: Promise<void> | undefined;
  let closed = false;

  function drop(key: string, sort: Sort<T>): void {
    sort.cancel();
    sorts.delete(key);
    if (sort.waiting !== undefined) discard(sort.waiting);
    sort.waiting = undefined;
  }

  function discard(waiting: T): void {
    const done = remove(waiting)
      .catch((error: unknown) => failed("cannot remove a sandbox that was started ahead", error))
      .finally(() => removing.delete(done));
    removing.add(done);
  }

  async function fill(): Promise<void> {
    for (const [key, sort] of [...sorts]) {
      if (closed || sort.waiting !== undefined || sorts.get(key) !== sort) continue;
      try {
        const started = await start(sort.wish);
        if (!closed && sorts.get(key) === sort) sort.waiting = started;
        else discard(started);
      } catch (error) {
        failed("cannot start a sandbox ahead", error);
        drop(key, sort); // whoever wants it next starts one itself
      }
    }
  }

  function fillAll(): void {
    filling ??= fill().finally(() => {
      filling = undefined;
    });
  }

  function noteWanted(key: string, wish: Wish): void {
    const sort = sorts.get(key) ?? { wish, waiting: undefined, cancel: () => undefined };
    sorts.delete(key);
    sorts.set(key, sort);
    sort.cancel();
    sort.cancel = after(WAIT_MS, () => drop(key, sort));
    const [oldest] = sorts;
    if (sorts.size > MOST_SORTS && oldest !== undefined) drop(...oldest);
  }

  return {
    take(wish) {
      cancelCalm(); // also for who cannot be helped: a burst of starts needs the processor
      if (!closed) cancelCalm = after(CALM_MS, fillAll);
      if (wish.launcher.startAhead !== true || closed) return undefined;
      const key = keyOf(wish);
      const found = sorts.get(key)?.waiting;
      noteWanted(key, wish);
      const sort = sorts.get(key);
      if (found === undefined || sort === undefined) return undefined;
      sort.waiting = undefined;
      if (isAlive(found)) return found;
      discard(found);
      return undefined;
    },
    async close() {
      closed = true;
      cancelCalm();
      await filling;
      for (const [key, sort] of [...sorts]) drop(key, sort);
      await Promise.all(removing);
    },
  };
}

/** All that a program can tell of what it was started for. */
function keyOf({ launcher: { argv, binds, env: own, whenGone, toolchain }, env }: Wish): string {
  return JSON.stringify([argv, binds, own, whenGone, toolchain, env]);
}
