import type { LogLine } from "./log-lines.ts";
import { type LogBudget, lineCost, type Segment, segmentedStream } from "./segmented-stream.ts";

export type { LogBudget } from "./segmented-stream.ts";

/** What one activation printed. */
export interface CollectedLogs {
  /** In the order of arrival. */
  readonly lines: readonly LogLine[];
  /** More was printed than the limit allows. */
  readonly truncated: boolean;
  /** The end of the log was not seen. */
  readonly incomplete: boolean;
}

/** Takes apart what a container prints, activation by activation, while later ones already run. */
export interface LogCollector {
  receive(stream: "stdout" | "stderr", chunk: Buffer): void;
  /**
   * The log of the next activation that ends, in the order of the calls.
   * @param sentinels whether its end is marked on both streams; otherwise all that came so far is taken, after
   * a moment for what is still on its way.
   */
  collect(sentinels: boolean): Promise<CollectedLogs>;
  /** The process has ended: after a moment for what is still on its way, waiting calls get what there is. */
  end(): void;
}

/** How long a marked log may stay silent before it counts as incomplete, in milliseconds. */
const SILENCE_MS = 2_000;
/** How long a marked log may take in all, in milliseconds for each mebibyte that it may have; and what it may at least. */
const PATIENCE_MS_PER_MB = 2_000;
const LEAST_PATIENCE_MS = 10_000;
/** How long output may be on its way where nothing marks its end, in milliseconds. */
const GRACE_MS = 20;

interface Waiter {
  finish(incomplete: boolean): void;
}

/**
 * A collector that keeps at most what `budget` allows, which may change while nothing runs.
 * @param now epoch milliseconds, with fractions
 */
export function logCollector(budget: LogBudget, now: () => number): LogCollector {
  const stdout = segmentedStream("stdout", budget);
  const stderr = segmentedStream("stderr", budget);
  const waiters: Waiter[] = [];
  let ended = false;
  let lastReceived = 0;

  const take = (incomplete: boolean): CollectedLogs =>
    withinLimit(stdout.takeSegment(), stderr.takeSegment(), budget.limitBytes, incomplete);
  const bothMarked = (): boolean => stdout.complete > 0 && stderr.complete > 0;

  const waitForSentinels = (): Promise<CollectedLogs> =>
    new Promise((resolve) => {
      const started = now();
      const patienceMs = Math.max(LEAST_PATIENCE_MS, (budget.limitBytes / 2 ** 20) * PATIENCE_MS_PER_MB);
      const waiter: Waiter = {
        finish(incomplete) {
          clearTimeout(timer);
          resolve(take(incomplete));
        },
      };
      const onSilence = (): void => {
        const at = now();
        const leftMs = Math.min(SILENCE_MS - (at - Math.max(started, lastReceived)), patienceMs - (at - started));
        if (leftMs > 0) {
          timer = setTimeout(onSilence, leftMs);
          return;
        }
        waiters.splice(waiters.indexOf(waiter), 1);
        waiter.finish(true);
      };
      let timer = setTimeout(onSilence, SILENCE_MS);
      waiters.push(waiter);
    });

  return {
    receive(stream, chunk) {
      if (budget.limitBytes === 0) return;
      lastReceived = now();
      (stream === "stdout" ? stdout : stderr).receive(chunk, lastReceived);
      while (waiters.length > 0 && bothMarked()) waiters.shift()?.finish(false);
    },
    async collect(sentinels) {
      if (sentinels && waiters.length === 0 && bothMarked()) return take(false);
      if (sentinels && !ended) return await waitForSentinels();
      await moment();
      return take(sentinels && !bothMarked());
    },
    end() {
      if (ended) return;
      ended = true;
      void moment().then(() => {
        for (const waiter of waiters.splice(0)) waiter.finish(!bothMarked());
      });
    },
  };
}

function moment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, GRACE_MS));
}

/** Each stream keeps up to the limit; together they may not exceed it either. */
function withinLimit(out: Segment, err: Segment, limitBytes: number, incomplete: boolean): CollectedLogs {
  const lines = mergeByTime(out.lines, err.lines);
  const truncated = out.truncated || err.truncated;
  if (out.bytes + err.bytes <= limitBytes) return { lines, truncated, incomplete };
  let bytes = 0;
  const fitting = lines.findIndex(({ text }) => {
    bytes += lineCost(Buffer.byteLength(text));
    return bytes > limitBytes;
  });
  return { lines: fitting < 0 ? lines : lines.slice(0, fitting), truncated: truncated || fitting >= 0, incomplete };
}

function mergeByTime(a: readonly LogLine[], b: readonly LogLine[]): readonly LogLine[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  return [...a, ...b].sort((x, y) => x.time - y.time);
}
