import { onceDecided } from "@meringue/core";
import { createSegment, type Segment } from "./segment.ts";
import type { SegmentFile } from "./segment-files.ts";

/** What is to be written: bytes, or a maker of bytes that is told which segment they go to. */
export interface Append {
  readonly bytes: Buffer | ((segment: number) => Buffer);
  /** How many records are in it. */
  readonly records: number;
  /** Also wait for the disk. */
  readonly sync: boolean;
  /**
   * Called once it is written, before any waiting for the disk and before the promise resolves. What it throws becomes the
   * promise's rejection.
   */
  readonly onWritten?: (segment: number, offset: number) => void;
}

/** A stretch of a segment that was written. */
export interface Chunk {
  readonly segment: SegmentFile;
  readonly from: number;
  readonly to: number;
  readonly records: number;
}

export interface JournalWriterOptions {
  readonly folder: string;
  /** Number of the first segment that it makes. */
  readonly firstSegment: number;
  /** A segment that has grown to this size is followed by a new one. */
  readonly segmentBytes: number;
  /** Every append waits for the disk. */
  readonly strict: boolean;
  readonly onChunk: (chunk: Chunk) => void;
  readonly onSealed: (segment: SegmentFile, bytes: number) => void;
  /** Hears of failures that no caller waits for. */
  readonly report: (line: string) => void;
}

/** Writes segments, one write per turn of the event loop for all that was appended in it. */
export interface JournalWriter {
  /** @throws (rejects with) the system's error: then nothing of it was written, unless only the sync failed. */
  append(append: Append): Promise<void>;
  /** Writes what waits, ends the last segment and reports it as sealed. */
  close(): Promise<void>;
}

interface Waiting extends Append {
  /** Set when its turn comes. */
  encoded: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING = Buffer.alloc(0);

/** @throws the system's error when the first segment cannot be made. */
export function journalWriter(options: JournalWriterOptions): JournalWriter {
  let segment = createSegment(options.folder, options.firstSegment);
  let waiting: Waiting[] = [];
  let closed = false;
  const closing = new Set<Promise<unknown>>();

  function flush(): void {
    const group = waiting;
    waiting = [];
    if (group.length === 0) return;
    if (segment.broken) tryRotate();
    const ready = group.filter(encode);
    if (!tryWrite(ready) && ready.length > 1) for (const each of ready) tryWrite([each]);
    if (segment.broken || segment.size >= options.segmentBytes) tryRotate();
  }

  function encode(each: Waiting): boolean {
    try {
      each.encoded = typeof each.bytes === "function" ? each.bytes(segment.number) : each.bytes;
      return true;
    } catch (error) {
      each.reject(error);
      return false;
    }
  }

  /** @returns false when a group of several failed, which leaves each of them to be tried alone. */
  function tryWrite(group: readonly Waiting[]): boolean {
    try {
      if (segment.broken) throw new Error(`The journal segment ${segment.path} cannot be written any more.`);
      write(group);
      return true;
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      return false;
    }
  }

  function write(group: readonly Waiting[]): void {
    const [only] = group;
    const bytes = group.length === 1 && only ? only.encoded : Buffer.concat(group.map((each) => each.encoded));
    const from = segment.append(bytes);
    const records = group.reduce((sum, each) => sum + each.records, 0);
    options.onChunk({ segment, from, to: segment.size, records });
    const synced: Waiting[] = [];
    let offset = from;
    for (const each of group) {
      const isFine = told(each, segment.number, offset);
      offset += each.encoded.length;
      if (!isFine) continue;
      if (options.strict || each.sync) synced.push(each);
      else each.resolve();
    }
    if (synced.length > 0) void settleAfter(segment.sync(), synced);
  }

  /** Goes on in the old segment when there is no space for a new one: the next flush tries again. */
  function tryRotate(): void {
    try {
      rotate();
    } catch (error) {
      options.report(`No new journal segment can be made: ${(error as Error).message}`);
    }
  }

  function rotate(): void {
    const next = createSegment(options.folder, segment.number + 1);
    const old = segment;
    segment = next;
    seal(old);
  }

  function seal(old: Segment): void {
    const ending: Promise<unknown> = old.close().then(
      () => closing.delete(ending),
      (error: Error) => options.report(`A journal segment cannot be closed: ${error.message}`),
    );
    closing.add(ending);
    options.onSealed(old, old.size);
  }

  return {
    append: (append) =>
      new Promise((resolve, reject) => {
        if (closed) reject(new Error("The journal is closed."));
        else if (waiting.push({ ...append, encoded: NOTHING, resolve, reject }) === 1) onceDecided(flush);
      }),
    async close() {
      flush();
      closed = true;
      seal(segment);
      await Promise.all(closing);
    },
  };
}

function told({ onWritten, reject }: Waiting, segment: number, offset: number): boolean {
  try {
    onWritten?.(segment, offset);
    return true;
  } catch (error) {
    reject(error);
    return false;
  }
}

async function settleAfter(synced: Promise<void>, group: readonly Waiting[]): Promise<void> {
  try {
    await synced;
    for (const each of group) each.resolve();
  } catch (error) {
    for (const each of group) each.reject(error);
  }
}
