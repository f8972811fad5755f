import type { ActivationStore } from "@meringue/core";
import type { RecordQuery } from "./database/operations.ts";
import type { DatabaseClient } from "./database/worker-client.ts";
import type { OpenJournal } from "./journal/open-journal.ts";
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
  readonly journal: Pick<OpenJournal, "record" | "pendingRecord" | "searchRecord" | "drained">;
}

/** Records that are safe once the journal has them, and that the database has a moment later or when somebody asks. */
export function journaledActivationStore({ reader, journal }: JournaledStoreParts): ActivationStore {
  const { record, drained } = journal;

  async function waitingRecord(namespace: string, activationId: string, pending: StoredRecord | "moved" | undefined) {
    const found = pending === undefined ? await journal.searchRecord(activationId) : pending;
    if (found === undefined || found === "moved") return found;
    return found.namespace === namespace ? joinRecord(found.head, found.tail) : undefined;
  }

  return {
    put: (activation) => record(activation.activationId, splitRecord(activation)),
    async get(namespace, activationId) {
      const pending = journal.pendingRecord(activationId);
      // the database goes first: of two records with one id it has the earlier one
      const [known, waiting] = await Promise.allSettled([reader.get(namespace, activationId), pending]);
      if (known.status === "fulfilled" && known.value !== undefined) return known.value;
      if (waiting.status === "rejected") throw waiting.reason;
      const found = await waitingRecord(namespace, activationId, waiting.value);
      if (found !== undefined && found !== "moved") return found;
      if (known.status === "rejected") throw known.reason;
      return found === "moved" ? reader.get(namespace, activationId) : undefined;
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
