import { mkdir } from "node:fs/promises";
import type { ActivationJournal, SubjectStore } from "@meringue/core";
import type { JournalStretch } from "../database/operations.ts";
import { readFailure } from "../database/store-failure.ts";
import { type JournalPosition, recoverJournal } from "./journal-recovery.ts";
import { type Chunk, journalWriter } from "./journal-writer.ts";
import { ledger as makeLedger } from "./ledger.ts";
import { pendingRecords, readRecord, searchRecord } from "./pending-records.ts";
import type { StoredRecord } from "./record-entry.ts";
import { recordMover } from "./record-mover.ts";
import { syncFolder } from "./segment-files.ts";
import { segmentTrimmer } from "./segment-trimmer.ts";
import { journalNotes, readUnsettled } from "./sqlite-activation-journal.ts";

/** Where the records of the journal go for good. */
export interface JournalDestination {
  /** Takes the records of a stretch in; what it has already stays as it is. @returns bytes that could not be read. */
  takeIn(stretch: JournalStretch): Promise<number>;
  /** Those of the ids that it is known to have a record of. */
  recorded(ids: readonly string[]): Promise<readonly string[]>;
  /** Makes all that was taken in survive power loss. */
  sync(): Promise<void>;
}

export interface OpenJournalOptions {
  readonly destination: JournalDestination;
  /** How far the destination has the journal. */
  readonly position: JournalPosition;
  readonly folder: string;
  readonly subjects: SubjectStore;
  readonly strict: boolean;
  readonly segmentBytes: number;
  readonly report: (line: string) => void;
}

/** The journal together with what moves it into the database. */
export interface OpenJournal {
  readonly journal: ActivationJournal;
  record(activationId: string, record: StoredRecord): Promise<void>;
  /** A record that the database did not have at the time of the call; `moved` when it has got it meanwhile. */
  pendingRecord(activationId: string): Promise<StoredRecord | "moved" | undefined>;
  /**
   * Looks through the journal for a record that {@link pendingRecord} may not know, because it is an earlier process's or
   * one of very many.
   * @returns undefined at once when there can be no such record; `moved` when it is not there, or not any more.
   */
  searchRecord(activationId: string): Promise<StoredRecord | "moved" | undefined>;
  /** Waits until the database has every record that the journal has. */
  drained(): Promise<void>;
  /** Writes what waits, moves it, and drops every segment that nothing needs. What cannot be moved stays for the next. */
  close(): Promise<void>;
}

/** Segments with open messages are kept as they are until this many have gathered. */
const ROOM_SEGMENTS = 8;

/** Reads what an earlier process left, then goes on in a new segment. */
export async function openJournal(options: OpenJournalOptions): Promise<OpenJournal> {
  const { folder, destination, position, subjects, report } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await recoverJournal(folder, position, report);
  const ledger = makeLedger();
  const recorded = new Set(await destination.recorded(found.open.map((each) => each.id)));
  for (const { id, segment, bytes, started } of found.open) {
    if (recorded.has(id)) continue;
    ledger.accepted(id, segment, bytes, true);
    if (started) ledger.started(id);
  }

  const pending = pendingRecords(found.chunks.reduce((sum, chunk) => sum + chunk.records, 0));
  const mover = recordMover({ move, onMoved, report });
  const trimmer = segmentTrimmer({
    folder,
    ledger,
    hasMoved: mover.hasMoved,
    syncDatabase: () => destination.sync(),
    carryForward: (segment) => notes.carryForward(segment),
    roomBytes: ROOM_SEGMENTS * options.segmentBytes,
    report,
  });
  for (const { file, bytes } of found.segments) trimmer.sealed(file, bytes);
  for (const chunk of found.chunks) mover.add(chunk);
  const writer = journalWriter({
    folder,
    firstSegment: nextSegment(position, found.segments.at(-1)?.file.number),
    segmentBytes: options.segmentBytes,
    strict: options.strict,
    onChunk: mover.add,
    onSealed: trimmer.sealed,
    report,
  });
  const notes = journalNotes({ writer, ledger, pending, report });

  async function move({ segment, from, to }: Chunk): Promise<void> {
    const stretch = { segment: segment.number, path: segment.path, from, to };
    const lostBytes = await destination.takeIn(stretch);
    if (lostBytes > 0)
      report(`${lostBytes} bytes of records could not be read in the journal segment ${segment.path}.`);
  }

  /** The mover has said why. */
  const leftBehind = (): void => {
    const records = mover.waiting.reduce((sum, chunk) => sum + chunk.records, 0);
    report(`${records} records are left in the journal for the next start.`);
  };

  function onMoved({ records }: Chunk): void {
    pending.moved(records);
    void trimmer.trim();
  }

  void trimmer.trim();
  return {
    journal: {
      accept: notes.accept,
      start: notes.start,
      settle: notes.settle,
      unsettled: () => trimmer.whileKept(() => readUnsettled(folder, ledger, subjects, report)),
    },
    record: notes.record,
    async pendingRecord(activationId) {
      const place = pending.find(activationId);
      if (place === undefined) return undefined;
      try {
        return await readRecord(folder, place);
      } catch (error) {
        throw readFailure(error);
      }
    },
    async searchRecord(activationId) {
      if (pending.complete) return undefined;
      return (await searchRecord(mover.waiting, activationId)) ?? "moved";
    },
    drained: mover.drained,
    async close() {
      await mover.drained().catch(leftBehind);
      await trimmer.trim();
      await trimmer.finish(); // from here on it asks for no more writes
      await writer.close();
      await mover.drained().catch(leftBehind).finally(mover.stop);
      await trimmer.finish();
      await syncFolder(folder);
    },
  };
}

/** Numbers are never used twice: the database would take a segment of a known number for one that it has already. */
function nextSegment(position: JournalPosition, newest = 0): number {
  return Math.max(position.segment, newest) + 1;
}
