import { rm } from "node:fs/promises";
import type { Ledger } from "./ledger.ts";
import { type SegmentFile, syncFolder } from "./segment-files.ts";

export interface SegmentTrimmerOptions {
  readonly folder: string;
  readonly ledger: Ledger;
  /** Whether the database has all records of a segment and of older ones. */
  readonly hasMoved: (segment: number) => boolean;
  /** Makes what the database has survive power loss. */
  readonly syncDatabase: () => Promise<void>;
  /** Writes the open messages of a segment again, into the newest one, synced. */
  readonly carryForward: (segment: SegmentFile) => Promise<void>;
  /** Segments may take this much before open messages are carried forward. */
  readonly roomBytes: number;
  readonly report: (line: string) => void;
}

/**
 * Drops segments, strictly oldest first: so a note that something ended is never dropped before the message it is
 * about.
 */
export interface SegmentTrimmer {
  sealed(segment: SegmentFile, bytes: number): void;
  /** Drops what can be dropped; failures are reported, and met again at the next call. */
  trim(): Promise<void>;
  /** Drops what can be dropped without writing anything, and waits for it. */
  finish(): Promise<void>;
  /** Runs something that reads segments while none of them goes away. */
  whileKept<T>(read: () => Promise<T>): Promise<T>;
}

export function segmentTrimmer(options: SegmentTrimmerOptions): SegmentTrimmer {
  const { ledger } = options;
  const segments: { readonly file: SegmentFile; readonly bytes: number }[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let requested = false;
  let finishing = false;

  function whileKept<T>(read: () => Promise<T>): Promise<T> {
    const result = turn.then(read, read);
    turn = result.catch(() => undefined); // its caller hears of it
    return result;
  }

  /** Carrying copies; waiting until a third of all bytes is needed at most keeps what is copied below what is freed. */
  function isCramped(): boolean {
    const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
    return bytes > Math.max(options.roomBytes, 3 * ledger.openBytes);
  }

  function mayGo(): boolean {
    const oldest = segments[0];
    if (oldest === undefined || !options.hasMoved(oldest.file.number)) return false;
    return ledger.inSegment(oldest.file.number).size === 0 || (!finishing && isCramped());
  }

  async function drop(): Promise<void> {
    requested = false;
    let dropped = false;
    while (mayGo()) {
      const oldest = segments[0];
      if (oldest === undefined) break;
      if (ledger.inSegment(oldest.file.number).size > 0) await options.carryForward(oldest.file);
      await options.syncDatabase();
      await rm(oldest.file.path, { force: true });
      segments.shift();
      dropped = true;
    }
    if (dropped) await syncFolder(options.folder);
  }

  async function trim(): Promise<void> {
    if (requested || !mayGo()) return;
    requested = true;
    try {
      await whileKept(drop);
    } catch (error) {
      options.report(`A journal segment cannot be dropped yet: ${(error as Error).message}`);
    }
  }

  return {
    sealed: (file, bytes) => void segments.push({ file, bytes }),
    trim,
    async finish() {
      await turn; // which may still carry
      finishing = true;
      await turn;
      await trim();
    },
    whileKept,
  };
}
