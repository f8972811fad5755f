import type { Activation, JsonObject } from "@meringue/core";
import { encodeRecord, recordId } from "./documents/activation-record.ts";
import { shortenRecord } from "./documents/shorten-record.ts";
import { wellFormed } from "./documents/well-formed.ts";
import type { CouchDatabase } from "./http/couch-database.ts";
import { CouchFailure } from "./http/couch-failure.ts";

/** Records of a request at most; upstream sends as many. */
const BATCH_RECORDS = 500;
/** Bytes of a request, unless one record has more. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** What CouchDB 3 takes as one document by default is 8,000,000 bytes: room for how it counts. */
const DOCUMENT_BYTES = 7_500_000;

/**
 * What a record becomes when CouchDB will never take it as it is, from what loses least. A record that is refused must not
 * hold up all that come after it.
 */
const FORMS: readonly ((record: Activation) => JsonObject)[] = [
  encodeRecord,
  (record) => wellFormed(encodeRecord(record)),
  (record) => wellFormed(encodeRecord(shortenRecord(record, DOCUMENT_BYTES))),
  (record) => wellFormed(encodeRecord(shortenRecord(record, 0))),
];

/** No JSON to CouchDB, or too large. */
const REFUSED = [400, 413];

function isRefusedForGood(error: unknown): error is CouchFailure {
  return error instanceof CouchFailure && error.status !== undefined && REFUSED.includes(error.status);
}

/** Writes records in batches, one request at a time: whoever gives more waits. */
export interface RecordWriter {
  /**
   * @returns when the database has all of them; one that it had before is left as it was.
   * @throws CouchFailure when it has not: then some may be there, and all can be given again.
   */
  write(records: readonly Activation[]): Promise<void>;
  /** Those of the records' places that the database has, as `namespace/id`. */
  known(places: readonly { readonly namespace: string; readonly activationId: string }[]): Promise<ReadonlySet<string>>;
}

/** @param report hears of records that the database will not have as they are. */
export function couchRecordWriter(database: CouchDatabase, report: (line: string) => void): RecordWriter {
  async function send(batch: readonly Activation[]): Promise<void> {
    try {
      await sendWhole(batch.map(encodeRecord));
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      for (const record of batch) await sendAlone(record, 0);
    }
  }

  async function sendAlone(record: Activation, form: number): Promise<void> {
    const encode = FORMS[form] ?? encodeRecord;
    try {
      await sendWhole([encode(record)]);
    } catch (error) {
      if (form + 1 === FORMS.length || !isRefusedForGood(error)) throw error;
      if (form === 0)
        report(`CouchDB refuses the record ${record.activationId}, so it is changed to fit: ${error.message}`);
      await sendAlone(record, form + 1);
    }
  }

  async function sendWhole(documents: readonly JsonObject[]): Promise<void> {
    for (const { id, error, reason } of await database.bulk(documents)) {
      // the first record of an id is there already, and wins
      if (error === undefined || error === "conflict") continue;
      throw new CouchFailure(`CouchDB refused the record ${id}: ${reason ?? error}`, undefined, error);
    }
  }

  return {
    async write(records) {
      for (const batch of batches(records)) await send(batch);
    },
    async known(places) {
      const ids = places.map(({ namespace, activationId }) => recordId(namespace, activationId));
      return new Set((await database.known(ids, false)).map(({ id }) => id));
    },
  };
}

function* batches(records: readonly Activation[]): Generator<readonly Activation[]> {
  let batch: Activation[] = [];
  let bytes = 0;
  for (const record of records) {
    const own = roughBytes(record);
    if (batch.length === BATCH_RECORDS || (batch.length > 0 && bytes + own > BATCH_BYTES)) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(record);
    bytes += own;
  }
  if (batch.length > 0) yield batch;
}

/** Logs are what makes records large; results are limited. */
function roughBytes({ logs, response }: Activation): number {
  return logs.reduce((sum, line) => sum + line.length, 500 + (response.size ?? 0));
}
