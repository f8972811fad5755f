import { mkdirSync } from "node:fs";
import type { Activation, ActivationJournal, ActivationStore, SubjectStore } from "@meringue/core";
import { dataFiles, lockFolder } from "./database/open-database.ts";
import type { JournalStretch } from "./database/operations.ts";
import { writeFailure } from "./database/store-failure.ts";
import { readEntries } from "./journal/journal-reader.ts";
import { type OpenJournal, openJournal } from "./journal/open-journal.ts";
import { decodeRecordBody } from "./journal/record-entry.ts";
import { readStretch } from "./journal/segment-files.ts";
import { joinRecord } from "./journal/split-record.ts";
import { DEFAULT_SEGMENT_BYTES, type SqliteStoreOptions } from "./open-sqlite-store.ts";
import { type ActivationReader, journaledActivationStore } from "./sqlite-activation-store.ts";

/** Where the records go for good: a database on another machine, say, which may be away for a while. */
export interface RemoteRecords extends ActivationReader {
  /** @returns when it has all of them. One that it had before stays as it was, so that all may be given again. */
  write(records: readonly Activation[]): Promise<void>;
  /** Those of the places that it has a record at, as `namespace/activationId`. */
  known(places: readonly { readonly namespace: string; readonly activationId: string }[]): Promise<ReadonlySet<string>>;
}

export interface LocalJournalOptions extends Pick<SqliteStoreOptions, "dataDir" | "durability" | "segmentBytes"> {
  readonly records: RemoteRecords;
  /** Where the keys of what is recovered are looked up. */
  readonly subjects: SubjectStore;
  readonly report: (line: string) => void;
}

/** A data folder that holds nothing but the journal. */
export interface LocalJournal {
  readonly journal: ActivationJournal;
  /** Records are safe once the journal has them; while `records` is away, they wait there. */
  readonly activations: ActivationStore;
  /**
   * Hands `records` over now what waits for it, where it would linger a moment to gather more.
   * @returns when `records` has all that is in the journal. @throws (rejects with) what `records` failed with.
   */
  drained(): Promise<void>;
  /** Finishes what was begun. What `records` does not take now stays for the next start. */
  close(): Promise<void>;
}

/**
 * Takes a data folder for this server and opens the journal in it: the same as in front of SQLite, with records that go
 * elsewhere. It has a folder of its own, so that the two never mix.
 * @throws (rejects with) StoreUnusable when a server has the folder already.
 */
export async function openLocalJournal(options: LocalJournalOptions): Promise<LocalJournal> {
  const { dataDir, durability, segmentBytes = DEFAULT_SEGMENT_BYTES, records, subjects, report } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockFolder(dataDir);
  try {
    const open = await openJournal({
      destination: {
        takeIn: (stretch) => takeIn(stretch, records),
        recorded: async () => [],
        sync: async () => undefined,
      },
      // what is in the journal still is given once more: that does no harm, and saves keeping a mark elsewhere
      position: { segment: 0, offset: 0 },
      folder: dataFiles(dataDir).journalForElsewhere,
      subjects,
      strict: durability === "strict",
      segmentBytes,
      report,
    });
    return {
      journal: { ...open.journal, unsettled: () => unsettled(open.journal, records) },
      activations: journaledActivationStore({ reader: records, journal: { ...open, drained: () => drained(open) } }),
      drained: open.drained,
      close: () => open.close().finally(() => lock.close()),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** @throws (rejects with) ServiceUnavailable: whoever lists cannot have all records while some cannot be moved. */
async function drained(open: OpenJournal): Promise<void> {
  try {
    await open.drained();
  } catch (error) {
    throw writeFailure(error);
  }
}

async function takeIn(stretch: JournalStretch, records: RemoteRecords): Promise<number> {
  let lostBytes = 0;
  const onDamage = (damage: { readonly bytes: number }): void => {
    lostBytes += damage.bytes;
  };
  const found: Activation[] = [];
  for (const entry of readEntries(await readStretch(stretch), onDamage)) {
    if (entry.kind !== "record") continue;
    const { head, tail } = decodeRecordBody(entry.body);
    found.push(joinRecord(head, tail));
  }
  await records.write(found);
  return lostBytes;
}

/** Settles what has its record already: only the message tells in which namespace that is. */
async function unsettled(journal: ActivationJournal, records: RemoteRecords) {
  const found = await journal.unsettled();
  const places = found.map(({ message }) => ({
    namespace: message.user.namespace.name,
    activationId: message.activationId,
  }));
  const known = await records.known(places);
  const done = places.filter(({ namespace, activationId }) => known.has(`${namespace}/${activationId}`));
  await Promise.all(done.map(({ activationId }) => journal.settle(activationId)));
  const settled = new Set(done.map(({ activationId }) => activationId));
  return found.filter(({ message }) => !settled.has(message.activationId));
}
