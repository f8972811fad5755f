import { type LogLine, SENTINEL } from "./log-lines.ts";

/** One output stream of a container, cut into lines, and at the sentinels into segments: one for each activation. */
export interface SegmentedStream {
  receive(chunk: Buffer, time: number): void;
  /** How many segments have been ended by a sentinel and not been taken yet. */
  readonly complete: number;
  /** Takes the oldest complete segment, or else whatever of the current one has come so far. */
  takeSegment(): Segment;
}

export interface Segment {
  readonly lines: readonly LogLine[];
  /** Lines are missing because the segment was larger than its limit. */
  readonly truncated: boolean;
}

const NEWLINE = 0x0a;

interface OpenSegment {
  lines: LogLine[];
  bytes: number;
  truncated: boolean;
}

/**
 * Memory is bounded by the limit whatever the action prints: of a line longer than what is left only its end is watched,
 * for the sentinel. Text in front of a sentinel on its line is kept as a line of its own.
 */
export function segmentedStream(stream: LogLine["stream"], { limitBytes }: { limitBytes: number }): SegmentedStream {
  const done: Segment[] = [];
  let open: OpenSegment = { lines: [], bytes: 0, truncated: false };
  let partial: Buffer[] = [];
  let partialBytes = 0;
  let partialTime = 0;

  const add = (text: string, bytes: number, time: number): void => {
    open.bytes += bytes + 1;
    if (open.truncated || open.bytes > limitBytes) open.truncated = true;
    else open.lines.push({ time, stream, text });
  };

  const endLine = (line: Buffer, time: number): void => {
    const text = line.toString("utf8");
    if (!text.trimEnd().endsWith(SENTINEL)) {
      add(text.endsWith("\r") ? text.slice(0, -1) : text, line.length, time);
      return;
    }
    const before = text.trimEnd().slice(0, -SENTINEL.length);
    if (before !== "") add(before, Buffer.byteLength(before), time);
    done.push({ lines: open.lines, truncated: open.truncated });
    open = { lines: [], bytes: 0, truncated: false };
  };

  /** Keeps a line that has no end yet; once it is beyond the limit only enough to see a sentinel at its end. */
  const keepPartial = (chunk: Buffer, time: number): void => {
    partialTime = time;
    partial.push(Buffer.from(chunk)); // a copy: chunks are windows on a shared buffer
    partialBytes += chunk.length;
    if (partialBytes <= limitBytes + 2 * SENTINEL.length) return;
    const tail = Buffer.concat(partial).subarray(-2 * SENTINEL.length);
    open.truncated = true;
    partial = [Buffer.from(tail)];
    partialBytes = tail.length;
  };

  const takePartial = (): Buffer => {
    const line = partial.length === 1 && partial[0] !== undefined ? partial[0] : Buffer.concat(partial);
    partial = [];
    partialBytes = 0;
    return line;
  };

  return {
    receive(chunk, time) {
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        const piece = chunk.subarray(from, at);
        if (partialBytes > 0) {
          keepPartial(piece, time);
          endLine(takePartial(), time);
        } else {
          endLine(piece, time);
        }
        from = at + 1;
      }
      if (from < chunk.length) keepPartial(chunk.subarray(from), time);
    },
    get complete() {
      return done.length;
    },
    takeSegment() {
      const first = done.shift();
      if (first !== undefined) return first;
      if (partialBytes > 0) {
        const line = takePartial();
        add(line.toString("utf8"), line.length, partialTime);
      }
      const segment = { lines: open.lines, truncated: open.truncated };
      open = { lines: [], bytes: 0, truncated: false };
      return segment;
    },
  };
}
