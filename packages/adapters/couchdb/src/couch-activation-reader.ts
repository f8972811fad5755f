import { type Activation, type ActivationQuery, type ActivationStore, isJsonObject } from "@meringue/core";
import { VIEWS } from "./design/design-documents.ts";
import { decodeRecord, decodeSummary, recordId } from "./documents/activation-record.ts";
import type { CouchDatabase, ViewQuery } from "./http/couch-database.ts";

/** The reading side of the records: what is in the database. */
export type ActivationReader = Pick<ActivationStore, "get" | "list" | "count">;

/** Sorts after every number. */
const LAST = "\ufff0";

/** Records in upstream's database. Those that started at once are listed by descending id. */
export function couchActivationReader(database: CouchDatabase): ActivationReader {
  return {
    async get(namespace, activationId) {
      const document = await database.get(recordId(namespace, activationId));
      return document && decodeRecord(document);
    },
    async list(query, { skip, limit }, detail = "whole"): Promise<readonly Activation[]> {
      if (limit === 0 || isEmpty(query)) return [];
      const [low, high] = bounds(query);
      const whole = detail === "whole";
      const asked: ViewQuery = { descending: true, startkey: high, endkey: low, skip, limit, reduce: false };
      const rows = await database.view(designOf(query), "activations", { ...asked, include_docs: whole });
      if (!whole) return rows.map(({ value }) => decodeSummary(value));
      // a record that a cleaner deleted while this was asked has a row, and no document
      return rows.flatMap(({ doc }) => (isJsonObject(doc) ? [decodeRecord(doc)] : []));
    },
    async count(query) {
      if (isEmpty(query)) return 0;
      const [low, high] = bounds(query);
      const [row] = await database.view(designOf(query), "activations", { startkey: low, endkey: high, reduce: true });
      return Number(row?.value ?? 0);
    },
  };
}

function designOf({ name }: ActivationQuery): string {
  return name === undefined ? VIEWS.activations : VIEWS.activationsByPath;
}

/** CouchDB refuses a range that ends before it begins. */
function isEmpty({ since, upto }: ActivationQuery): boolean {
  return since !== undefined && upto !== undefined && since > upto;
}

function bounds({
  namespace,
  name,
  since,
  upto,
}: ActivationQuery): [low: (string | number)[], high: (string | number)[]] {
  const path = name === undefined ? namespace : `${namespace}/${name}`;
  return [
    [path, since ?? 0],
    [path, upto ?? LAST, LAST],
  ];
}
