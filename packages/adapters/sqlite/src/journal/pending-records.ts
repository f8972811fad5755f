import { open } from "node:fs/promises";
import { decodeEntry } from "./journal-entry.ts";
import { readEntries } from "./journal-reader.ts";
import type { Chunk } from "./journal-writer.ts";
import { decodeRecordBody, type StoredRecord } from "./record-entry.ts";
import { readStretch, segmentPath } from "./segment-files.ts";

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
  /** @returns undefined when the database has it, or nobody, or when it is not {@link complete}. */
  find(activationId: string): RecordPlace | undefined;
  /**
   * False while there are records whose places are not known: those of an earlier process, and what exceeds the bound
   * on memory.
   */
  readonly complete: boolean;
}

/** Some 20 MB. Only a database that is away for long lets so many records wait. */
const MAX_PLACES = 100_000;

/** @param found records of an earlier process that are to be moved first. */
export function pendingRecords(found: number, maxPlaces = MAX_PLACES): PendingRecords {
  const places = new Map<string, RecordPlace & { readonly order: number }>();
  let written = found;
  let moved = 0;
  let lastUnknown = found;
  return {
    written(activationId, place) {
      written += 1;
      if (places.has(activationId)) return;
      if (places.size < maxPlaces) places.set(activationId, { ...place, order: written });
      else lastUnknown = written;
    },
    moved(records) {
      moved += records;
      for (const [activationId, { order }] of places) {
        if (order > moved) break;
        places.delete(activationId);
      }
    },
    find: (activationId) => places.get(activationId),
    get complete() {
      return moved >= lastUnknown;
    },
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

/** @returns the first record of the id in the stretches; undefined when there is none, or they are dropped meanwhile. */
export async function searchRecord(chunks: readonly Chunk[], activationId: string): Promise<StoredRecord | undefined> {
  for (const { segment, from, to } of [...chunks]) {
    const bytes = await readStretch({ path: segment.path, from, to }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    // damage is reported when the stretch is moved
    for (const entry of bytes === undefined ? [] : readEntries(bytes, () => undefined)) {
      if (entry.kind === "record" && entry.id === activationId) return decodeRecordBody(entry.body);
    }
  }
  return undefined;
}
