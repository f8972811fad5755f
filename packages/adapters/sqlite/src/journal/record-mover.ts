import { type Clock, systemClock } from "@meringue/core";
import type { Chunk } from "./journal-writer.ts";

const CHUNK_BYTES = 256 * 1024;
const LINGER_MS = 100;
const RETRY_MS = 1000;
/** While moving keeps failing, it is said again after this time, in milliseconds. */
const REMIND_MS = 60_000;

export interface RecordMoverOptions {
  /** Takes the records of a chunk into the database. Called one at a time, in order. */
  readonly move: (chunk: Chunk) => Promise<void>;
  /** Called after each chunk that was moved. */
  readonly onMoved: (chunk: Chunk) => void;
  readonly report: (line: string) => void;
  readonly clock?: Clock;
}

/** Moves what the journal has written into the database, a little later and in batches. */
export interface RecordMover {
  add(chunk: Chunk): void;
  /**
   * Waits until the database has all that was added so far.
   * @throws (rejects with) what made moving fail. It is tried again at the next call, or by itself a little later.
   */
  drained(): Promise<void>;
  /** Whether nothing of this segment, or of an older one, is left to be moved. */
  hasMoved(segment: number): boolean;
  /** What is left to be moved, oldest first. */
  readonly waiting: readonly Chunk[];
  /** Stops moving by itself. */
  stop(): void;
}

interface Waiter {
  readonly target: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function recordMover({ move, onMoved, report, clock = systemClock }: RecordMoverOptions): RecordMover {
  const chunks: Chunk[] = [];
  let added = 0;
  let moved = 0;
  let moving = false;
  let stopped = false;
  let waiters: Waiter[] = [];
  let cancelTimer: (() => void) | undefined;
  let reportedAt: number | undefined;

  function wake(delayMs: number): void {
    if (stopped || moving || cancelTimer !== undefined) return;
    cancelTimer = clock.after(delayMs, () => void run());
  }

  async function run(): Promise<void> {
    if (moving) return;
    moving = true;
    cancelTimer?.();
    cancelTimer = undefined;
    try {
      await moveAll();
    } catch (error) {
      moving = false;
      failed(error);
    }
  }

  async function moveAll(): Promise<void> {
    for (let chunk = chunks[0]; chunk !== undefined; chunk = chunks[0]) {
      // the first is never added to while it is on its way
      if (chunk.records > 0) await move(chunk);
      succeeded();
      chunks.shift();
      moved += chunk.records;
      const arrived = waiters.filter((waiter) => waiter.target <= moved);
      waiters = waiters.filter((waiter) => waiter.target > moved);
      for (const waiter of arrived) waiter.resolve();
      onMoved(chunk);
    }
    moving = false; // in one go with seeing that nothing is left: what is added from now on wakes it again
  }

  function failed(error: unknown): void {
    const disappointed = waiters;
    waiters = [];
    for (const waiter of disappointed) waiter.reject(error);
    wake(RETRY_MS);
    const now = clock.now();
    if (reportedAt !== undefined && now - reportedAt < REMIND_MS) return;
    reportedAt = now;
    report(`Records stay in the journal for now, they cannot be moved into the database: ${(error as Error).message}`);
  }

  function succeeded(): void {
    if (reportedAt !== undefined) report("Records are moved into the database again.");
    reportedAt = undefined;
  }

  return {
    add(chunk) {
      const last = chunks.at(-1);
      const mayGrow = last !== undefined && !(moving && chunks.length === 1);
      if (mayGrow && last.segment.number === chunk.segment.number && chunk.to - last.from <= CHUNK_BYTES) {
        chunks[chunks.length - 1] = { ...last, to: chunk.to, records: last.records + chunk.records };
      } else {
        chunks.push(chunk);
      }
      added += chunk.records;
      wake(LINGER_MS);
    },
    drained() {
      if (moved === added) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiters.push({ target: added, resolve, reject });
        void run();
      });
    },
    hasMoved: (segment) => chunks.every((chunk) => chunk.records === 0 || chunk.segment.number > segment),
    waiting: chunks,
    stop() {
      stopped = true;
      cancelTimer?.();
    },
  };
}
