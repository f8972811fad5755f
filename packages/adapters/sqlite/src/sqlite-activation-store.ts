import type { ActivationStore } from "@meringue/core";
import type { RecordQuery } from "./database/operations.ts";
import type { DatabaseClient } from "./database/worker-client.ts";
import type { StoredRecord } from "./journal/record-entry.ts";
import { joinRecord, splitRecord } from "./journal/split-record.ts";

/** The reading side. Sees the records that are in the database. */
export type ActivationReader = Pick<ActivationStore, "get" | "list" | "count">;

export function sqliteActivationReader(client: DatabaseClient): ActivationReader {
  return {
    async get(namespace, activationId) {
      const row = await client.call("getRecord", namespace, activationId);
      return row && joinRecord(row.head, row.tail);
    },
    async list(query, page, detail = "whole") {
      const rows = await client.call("listRecords", bare(query), page, detail === "whole");
      return rows.map((row) => joinRecord(row.head, row.tail));
    },
    count: (query) => client.call("countRecords", bare(query)),
  };
}

export interface JournaledStoreParts {
  readonly reader: ActivationReader;
  /** Writes a record to the journal. */
  readonly record: (activationId: string, record: StoredRecord) => Promise<void>;
  /** A record that the database did not have at the time of the call; `moved` when it has got it meanwhile. */
  readonly pendingRecord: (activationId: string) => Promise<StoredRecord | "moved" | undefined>;
  /** Waits until the database has every record that the journal has. */
  readonly drained: () => Promise<void>;
}

/** Records that are safe once the journal has them, and that the database has a moment later or when somebody asks. */
export function journaledActivationStore(parts: JournaledStoreParts): ActivationStore {
  const { reader, record, pendingRecord, drained } = parts;
  return {
    put: async (activation) => record(activation.activationId, splitRecord(activation)),
    async get(namespace, activationId) {
      const pending = pendingRecord(activationId);
      // the database goes first: of two records with one id it has the earlier one
      const [known, waiting] = await Promise.all([reader.get(namespace, activationId), pending]);
      if (known !== undefined || waiting === undefined) return known;
      if (waiting === "moved") return reader.get(namespace, activationId);
      return waiting.namespace === namespace ? joinRecord(waiting.head, waiting.tail) : undefined;
    },
    async list(query, page, detail) {
      await drained();
      return reader.list(query, page, detail);
    },
    async count(query) {
      await drained();
      return reader.count(query);
    },
  };
}

/** Nothing but what the query is made of crosses to the worker. */
function bare({ namespace, name, since, upto }: RecordQuery): RecordQuery {
  return {
    namespace,
    ...(name === undefined ? {} : { name }),
    ...(since === undefined ? {} : { since }),
    ...(upto === undefined ? {} : { upto }),
  };
}
