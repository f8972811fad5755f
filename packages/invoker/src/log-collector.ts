import type { LogLine } from "./log-lines.ts";
import { segmentedStream } from "./segmented-stream.ts";

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
   * `graceMs` for what is still on its way.
   */
  collect(options: { readonly sentinels: boolean; readonly graceMs: number }): Promise<CollectedLogs>;
  /** Nothing more will come: waiting calls get what there is. */
  end(): void;
}

/** How long a marked log may stay silent before it counts as incomplete, in milliseconds. */
const SILENCE_MS = 2_000;

interface Waiter {
  finish(incomplete: boolean): void;
}

/**
 * A collector that keeps at most `budget.limitBytes` of each activation; the budget may change while nothing runs.
 * @param now epoch milliseconds, with fractions
 */
export function logCollector(budget: { limitBytes: number }, now: () => number): LogCollector {
  const streams = { stdout: segmentedStream("stdout", budget), stderr: segmentedStream("stderr", budget) };
  const waiters: Waiter[] = [];
  let ended = false;
  let lastReceived = 0;

  const take = (incomplete: boolean): CollectedLogs => {
    const [out, err] = [streams.stdout.takeSegment(), streams.stderr.takeSegment()];
    return withinLimit(
      mergeByTime(out.lines, err.lines),
      budget.limitBytes,
      out.truncated || err.truncated,
      incomplete,
    );
  };
  const bothMarked = (): boolean => streams.stdout.complete > 0 && streams.stderr.complete > 0;
  const settle = (): void => {
    while (waiters.length > 0 && bothMarked()) waiters.shift()?.finish(false);
  };

  const waitForSentinels = (): Promise<CollectedLogs> =>
    new Promise((resolve) => {
      const started = now();
      const waiter: Waiter = {
        finish(incomplete) {
          clearTimeout(timer);
          resolve(take(incomplete));
        },
      };
      const onSilence = (): void => {
        const silentForMs = now() - Math.max(started, lastReceived);
        if (silentForMs < SILENCE_MS) {
          timer = setTimeout(onSilence, SILENCE_MS - silentForMs);
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
      lastReceived = now();
      streams[stream].receive(chunk, lastReceived);
      settle();
    },
    async collect({ sentinels, graceMs }) {
      if (sentinels && waiters.length === 0 && bothMarked()) return take(false);
      if (ended) return take(sentinels);
      if (sentinels) return await waitForSentinels();
      await new Promise((resolve) => setTimeout(resolve, graceMs));
      return take(false);
    },
    end() {
      if (ended) return;
      ended = true;
      for (const waiter of waiters.splice(0)) waiter.finish(!bothMarked());
    },
  };
}

function mergeByTime(a: readonly LogLine[], b: readonly LogLine[]): readonly LogLine[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  return [...a, ...b].sort((x, y) => x.time - y.time);
}

/** Each stream keeps up to the limit; together they may not exceed it either. */
function withinLimit(
  lines: readonly LogLine[],
  limitBytes: number,
  truncated: boolean,
  incomplete: boolean,
): CollectedLogs {
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    bytes += Buffer.byteLength(line.text) + 1;
    if (bytes > limitBytes) return { lines: lines.slice(0, index), truncated: true, incomplete };
  }
  return { lines, truncated, incomplete };
}
