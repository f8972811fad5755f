import { onceRead } from "@meringue/core";
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

/**
 * How the end of a log is known. `sentinels`: marked on both streams. `answer`: all of it has been read in the turn of the
 * event loop in which the answer was. `unmarked`: all that came so far is taken, after a moment for what is still on its way.
 */
export type LogEnd = "sentinels" | "answer" | "unmarked";

/** Takes apart what a container prints, activation by activation, while later ones already run. */
export interface LogCollector {
  receive(stream: "stdout" | "stderr", chunk: Buffer): void;
  /** The log of the next activation that ends, in the order of the calls. */
  collect(end: LogEnd): Promise<CollectedLogs>;
  /** The lines so far of the activation whose log is collected next: all of it where one runs at a time. */
  printed(): readonly LogLine[];
  /**
   * Tells a listener every line of {@link printed}, and each that comes, until another takes its place; never more than
   * the limit allows.
   */
  follow(listener: ((line: LogLine) => void) | undefined): void;
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
 * @param marked whether sentinels are looked for
 */
export function logCollector(budget: LogBudget, now: () => number, marked = true): LogCollector {
  let follower: ((line: LogLine) => void) | undefined;
  let toldBytes = 0;
  const tell = (line: LogLine, cost: number): void => {
    if (follower === undefined) return;
    toldBytes += cost;
    if (toldBytes <= budget.limitBytes) follower(line);
  };
  const stdout = segmentedStream("stdout", budget, marked, tell);
  const stderr = segmentedStream("stderr", budget, marked, tell);
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

  const printed = (): readonly LogLine[] =>
    withinLimit(stdout.segment(), stderr.segment(), budget.limitBytes, false).lines;

  return {
    printed,
    follow(listener) {
      follower = listener;
      toldBytes = 0;
      if (listener === undefined) return;
      for (const line of printed()) tell(line, lineCost(Buffer.byteLength(line.text)));
    },
    receive(stream, chunk) {
      if (budget.limitBytes === 0) return;
      lastReceived = now();
      (stream === "stdout" ? stdout : stderr).receive(chunk, lastReceived);
      while (waiters.length > 0 && bothMarked()) waiters.shift()?.finish(false);
    },
    async collect(end) {
      if (end === "answer") {
        await new Promise<void>(onceRead);
        return take(false);
      }
      const sentinels = end === "sentinels";
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
