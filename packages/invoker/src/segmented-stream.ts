import { growingBytes } from "./growing-bytes.ts";
import { type LogLine, SENTINEL } from "./log-lines.ts";

/** One output stream of a container, cut into lines, and at the sentinels into segments: one for each activation. */
export interface SegmentedStream {
  receive(chunk: Buffer, time: number): void;
  /** How many segments have been ended by a sentinel and not been taken yet. */
  readonly complete: number;
  /** Takes the oldest complete segment, or else whatever of the current one has come so far. */
  takeSegment(): Segment;
  /** What {@link takeSegment} would take now, without a line that has no end yet. Valid until the next call. */
  segment(): Segment;
}

/** Hears of each line that is kept, as it is. @param cost see {@link lineCost} */
export type LineListener = (line: LogLine, cost: number) => void;

export interface Segment {
  readonly lines: readonly LogLine[];
  /** What the lines cost. */
  readonly bytes: number;
  /** Lines are missing because the segment was larger than its limit. */
  readonly truncated: boolean;
}

/** How much may be kept. It may change while nothing runs. */
export interface LogBudget {
  /** Bytes of one activation; 0 keeps nothing at all. */
  limitBytes: number;
  /**
   * Activations that may run at a time. More segments than these are not kept: who prints sentinels by himself would
   * otherwise get a new budget with each.
   */
  segments: number;
}

const NEWLINE = 0x0a;
/** Enough to see a sentinel at the end of a line. */
const TAIL_BYTES = 2 * SENTINEL.length;
/**
 * What a line costs beside its text: the JSON around it in the files that upstream reads, which counts against the
 * limit there. It also bounds what many empty lines take. Source: execution contract, "Logs", step 3.
 */
export const LINE_COST_BYTES = 71;

/** What a line of so many bytes costs. */
export function lineCost(textBytes: number): number {
  return textBytes + LINE_COST_BYTES;
}

/**
 * Memory is bounded by the budget whatever the action prints: of a line longer than what is left only its end is watched,
 * for the sentinel. Text in front of a sentinel on its line is kept as a line of its own.
 * @param marked whether sentinels mean anything; else they are text like any other, and nobody can forge an end.
 * @param added is not called for lines behind an end that was not taken yet: they are another activation's.
 */
export function segmentedStream(
  stream: LogLine["stream"],
  budget: LogBudget,
  marked = true,
  added?: LineListener,
): SegmentedStream {
  const done: Segment[] = [];
  const partial = growingBytes();
  let partialTime = 0;
  let lines: LogLine[] = [];
  let bytes = 0;
  let truncated = false;

  const add = (text: string, time: number): void => {
    const cost = lineCost(Buffer.byteLength(text)); // of the text: bytes that are no UTF-8 make three times as much of it
    if (truncated || bytes + cost > budget.limitBytes) {
      truncated = true;
      return;
    }
    bytes += cost;
    const line = { time, stream, text };
    lines.push(line);
    if (done.length === 0) added?.(line, cost);
  };
  const take = (): Segment => {
    const segment = { lines, bytes, truncated };
    lines = [];
    bytes = 0;
    truncated = false;
    return segment;
  };

  const endLine = (line: Buffer, time: number): void => {
    const text = line.toString("utf8");
    const trimmed = marked ? text.trimEnd() : "";
    if (!trimmed.endsWith(SENTINEL)) {
      add(text.endsWith("\r") ? text.slice(0, -1) : text, time);
      return;
    }
    const before = trimmed.slice(0, -SENTINEL.length);
    if (before !== "") add(before, time);
    if (done.length < budget.segments) done.push(take());
  };

  /** Keeps a line that has no end yet; once it is beyond the limit only enough to see a sentinel at its end. */
  const keepPartial = (chunk: Buffer, time: number): void => {
    if (partial.length === 0) {
      partialTime = time;
      partial.append(Buffer.from(chunk)); // a copy: else a few bytes hold a whole chunk
    } else partial.append(chunk);
    if (partial.length <= (truncated ? 0 : budget.limitBytes) + TAIL_BYTES) return;
    truncated = true;
    const tail = Buffer.from(partial.view().subarray(-TAIL_BYTES));
    partial.clear();
    partial.append(tail);
  };

  const endPartial = (): void => {
    const line = partial.view();
    partial.clear();
    endLine(line, partialTime);
  };

  return {
    receive(chunk, time) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const piece = chunk.subarray(from, at);
        from = at + 1;
        if (partial.length === 0) {
          endLine(piece, time);
          continue;
        }
        keepPartial(piece, time);
        endPartial();
      }
      if (from < chunk.length) keepPartial(chunk.subarray(from), time);
    },
    get complete() {
      return done.length;
    },
    takeSegment() {
      const first = done.shift();
      if (first !== undefined) return first;
      if (partial.length > 0) {
        const line = partial.view();
        partial.clear();
        add(line.toString("utf8"), partialTime);
      }
      return take();
    },
    segment: () => done[0] ?? { lines, bytes, truncated },
  };
}
