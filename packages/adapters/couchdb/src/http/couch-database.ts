import { Conflict, isJsonObject, type Json, type JsonObject, NotFound } from "@meringue/core";
import type { CouchClient } from "./couch-client.ts";
import { CouchFailure, storeFailure } from "./couch-failure.ts";

/** A document as CouchDB gives it, with `_id` and `_rev`. */
export interface CouchDocument extends JsonObject {
  _id: string;
  _rev: string;
}

export interface ViewRow {
  readonly id: string;
  readonly key: Json;
  readonly value: Json;
  readonly doc?: Json;
}

/** What to ask a view for: members of its query, as CouchDB names them. Keys are given as JSON values. */
export interface ViewQuery {
  readonly key?: Json;
  readonly startkey?: Json;
  readonly endkey?: Json;
  readonly descending?: boolean;
  readonly skip?: number;
  readonly limit?: number;
  readonly include_docs?: boolean;
  readonly reduce?: boolean;
}

export interface BulkOutcome {
  readonly id: string;
  readonly rev?: string;
  readonly error?: string;
  readonly reason?: string;
}

/** What changed since some point: the newest revision of each document. */
export interface Changes {
  readonly changes: readonly { readonly id: string; readonly rev: string }[];
  /** Where to go on. */
  readonly since: string;
}

/** One database. Failures that callers must tell apart are the core's; any other is ServiceUnavailable or InternalError. */
export interface CouchDatabase {
  readonly name: string;
  /** @returns undefined when there is no such document. */
  get(id: string): Promise<CouchDocument | undefined>;
  /** @returns the new revision. @throws Conflict when `_rev` is not the current one. */
  put(id: string, document: JsonObject): Promise<string>;
  /** @throws Conflict when `rev` is not the current one, NotFound. */
  delete(id: string, rev: string): Promise<void>;
  /** @returns undefined when the document, that revision of it or the attachment is not there. */
  attachment(id: string, rev: string, name: string): Promise<Uint8Array | undefined>;
  /** One outcome a document, in their order. @throws CouchFailure when the request as a whole is refused. */
  bulk(documents: readonly JsonObject[]): Promise<readonly BulkOutcome[]>;
  /** Those of the ids that there are documents of, with the documents if asked for. */
  known(ids: readonly string[], includeDocs: boolean): Promise<readonly { id: string; doc?: CouchDocument }[]>;
  /** A page of all documents by id, design documents among them. @param after the last id of the page before. */
  page(after: string | undefined, limit: number): Promise<readonly CouchDocument[]>;
  view(design: string, view: string, query: ViewQuery): Promise<readonly ViewRow[]>;
  /** Waits until something has changed, or the silence is too long. @throws CouchFailure */
  changes(since: string, signal: AbortSignal): Promise<Changes>;
  /** The point that all changes from now on come after. */
  now(): Promise<string>;
}

const REVISION = /^\d+-[0-9a-f]{32}$/;
const HEARTBEAT_MS = 15_000;
const CHANGES_AT_ONCE = 500;

export function couchDatabase(client: CouchClient, name: string): CouchDatabase {
  const base = `/${encodeURIComponent(name)}`;
  const path = (id: string): string => `${base}/${encodeURIComponent(id)}`;

  async function write(id: string, document: JsonObject): Promise<string> {
    const { _rev } = document;
    if (typeof _rev === "string" && !REVISION.test(_rev)) throw new Conflict();
    const answer = await client.json({ method: "PUT", path: path(id), body: document });
    return textMember(answer, "rev");
  }

  return {
    name,
    get: (id) => absentAsUndefined(client.json({ method: "GET", path: path(id) }) as Promise<CouchDocument>),
    put: (id, document) => write(id, document).catch(translated),
    async delete(id, rev) {
      // an unknown document is told before an odd revision
      if (!REVISION.test(rev)) {
        const found = await absentAsUndefined(client.json({ method: "GET", path: path(id) }));
        throw found === undefined ? new NotFound() : new Conflict();
      }
      await client.json({ method: "DELETE", path: path(id), query: { rev } }).catch(translated);
    },
    attachment: (id, rev, attachment) =>
      absentAsUndefined(
        client.bytes({ method: "GET", path: `${path(id)}/${encodeURIComponent(attachment)}`, query: { rev } }),
      ),
    async bulk(documents) {
      const body = { docs: documents };
      const answer = await client.json({ method: "POST", path: `${base}/_bulk_docs`, body, repeatable: true });
      return answer as unknown as BulkOutcome[];
    },
    known: (ids, includeDocs) => known(client, base, ids, includeDocs).catch(failed),
    page: (after, limit) => page(client, base, after, limit).catch(failed),
    async view(design, view, query) {
      const at = `${base}/_design/${encodeURIComponent(design)}/_view/${encodeURIComponent(view)}`;
      const answer = await client.json({ method: "GET", path: at, query: asQuery(query) }).catch(failed);
      return rowsOf(answer);
    },
    changes: (since, signal) => changes(client, base, since, signal),
    async now() {
      const answer = await client.json({ method: "GET", path: `${base}/_changes`, query: { since: "now", limit: 1 } });
      return textMember(answer, "last_seq");
    },
  };
}

async function known(client: CouchClient, base: string, keys: readonly string[], includeDocs: boolean) {
  if (keys.length === 0) return [];
  const query = { include_docs: includeDocs };
  const answer = await client.json({
    method: "POST",
    path: `${base}/_all_docs`,
    query,
    body: { keys },
    repeatable: true,
  });
  return rowsOf(answer)
    .filter(({ value }) => isJsonObject(value) && value["deleted"] !== true)
    .map(({ id, doc }) => ({ id, ...(isJsonObject(doc) ? { doc: doc as CouchDocument } : {}) }));
}

async function page(
  client: CouchClient,
  base: string,
  after: string | undefined,
  limit: number,
): Promise<CouchDocument[]> {
  const from = after === undefined ? {} : { startkey: JSON.stringify(after), skip: 1 };
  const query = { include_docs: true, limit, ...from };
  const rows = rowsOf(await client.json({ method: "GET", path: `${base}/_all_docs`, query }));
  return rows.map(({ doc }) => doc as CouchDocument);
}

async function changes(client: CouchClient, base: string, since: string, signal: AbortSignal): Promise<Changes> {
  const query = { feed: "longpoll", since, heartbeat: HEARTBEAT_MS, limit: CHANGES_AT_ONCE };
  // a server that lives is heard at every heartbeat
  const call = { method: "GET", path: `${base}/_changes`, query, signal, silenceMs: 3 * HEARTBEAT_MS } as const;
  const answer = await client.json(call);
  const results = isJsonObject(answer) ? answer["results"] : undefined;
  if (!Array.isArray(results)) throw strange();
  return {
    since: textMember(answer, "last_seq"),
    changes: results.map((each) => {
      const revs = isJsonObject(each) ? each["changes"] : undefined;
      return { id: textMember(each, "id"), rev: Array.isArray(revs) ? textMember(revs[0] ?? null, "rev") : "" };
    }),
  };
}

function asQuery({ key, startkey, endkey, ...rest }: ViewQuery): Record<string, string | number | boolean> {
  const keys = Object.entries({ key, startkey, endkey }).filter(([, value]) => value !== undefined);
  return { ...rest, ...Object.fromEntries(keys.map(([name, value]) => [name, JSON.stringify(value)])) };
}

function rowsOf(answer: Json): readonly ViewRow[] {
  const rows = isJsonObject(answer) ? answer["rows"] : undefined;
  if (!Array.isArray(rows)) throw storeFailure(strange());
  return rows as unknown as ViewRow[];
}

/** A member that is a text, or (sequence numbers of old servers) a number. */
function textMember(json: Json, name: string): string {
  const value = isJsonObject(json) ? json[name] : undefined;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") throw strange();
  return value;
}

function strange(): CouchFailure {
  return new CouchFailure("CouchDB gave an answer of a form that is not documented.", undefined, undefined);
}

/** 404 for a document that is not there, which is not the same as 404 for a database that is not there. */
async function absentAsUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CouchFailure && error.status === 404 && !isAboutDatabase(error)) return undefined;
    return translated(error);
  }
}

/** Where a 404 means that the databases are not as they should be. */
function failed(error: unknown): never {
  throw storeFailure(error);
}

function isAboutDatabase({ message }: CouchFailure): boolean {
  return message.includes("no_db_file") || message.includes("Database does not exist");
}

function translated(error: unknown): never {
  if (error instanceof CouchFailure && error.status === 409) throw new Conflict(undefined, { cause: error });
  if (error instanceof CouchFailure && error.status === 404 && !isAboutDatabase(error)) {
    throw new NotFound(undefined, { cause: error });
  }
  if (error instanceof Conflict || error instanceof NotFound) throw error;
  throw storeFailure(error);
}
