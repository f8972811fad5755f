import { open } from "node:fs/promises";
import { decodeEntry } from "./journal-entry.ts";
import { decodeRecordBody, type StoredRecord } from "./record-entry.ts";
import { segmentPath } from "./segment-files.ts";

/** Where a record is in the journal. */
export interface RecordPlace {
  readonly segment: number;
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Knows where the records are that the database does not have yet, so that one of them can be read without waiting for
 * all of them to be moved.
 */
export interface PendingRecords {
  /** To be told of every record in the order of writing. */
  written(activationId: string, place: RecordPlace): void;
  /** To be told how many records, in the order of writing, the database has got. */
  moved(records: number): void;
  /** @returns undefined when the database has it, or nobody. */
  find(activationId: string): RecordPlace | undefined;
}

/** @param found records of an earlier process that are to be moved first. */
export function pendingRecords(found: number): PendingRecords {
  const places = new Map<string, RecordPlace & { readonly order: number }>();
  let written = found;
  let moved = 0;
  return {
    written(activationId, place) {
      written += 1;
      if (!places.has(activationId)) places.set(activationId, { ...place, order: written });
    },
    moved(records) {
      moved += records;
      for (const [activationId, { order }] of places) {
        if (order > moved) break;
        places.delete(activationId);
      }
    },
    find: (activationId) => places.get(activationId),
  };
}

/** @returns `moved` when the segment has been dropped meanwhile: the database has the record then. */
export async function readRecord(folder: string, place: RecordPlace): Promise<StoredRecord | "moved"> {
  const file = await open(segmentPath(folder, place.segment), "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return "moved";
  try {
    const { buffer } = await file.read(Buffer.alloc(place.bytes), 0, place.bytes, place.offset);
    const entry = decodeEntry(buffer, 0);
    if (entry === undefined) throw new Error(`A record cannot be read in journal segment ${place.segment}.`);
    return decodeRecordBody(entry.body);
  } finally {
    await file.close();
  }
}
