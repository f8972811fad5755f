import type { SubjectStore } from "@meringue/core";
import { loadOrCreateSecret, openSqliteStore } from "@meringue/sqlite";
import type { Config } from "../config/config.ts";
import { readConfig } from "../config/read-config.ts";
import { secretPath } from "../secret-path.ts";

/** The accounts of a server. Whoever opened them closes them. */
export interface OpenSubjects extends AsyncDisposable {
  readonly subjects: SubjectStore;
  /** Where they are, for people: `data folder: /path`. */
  readonly place: string;
}

/**
 * Opens the accounts of a server, whether or not it runs: a running one notices what is changed. A folder that no server
 * has used yet is made, so that accounts can be there before the first start. So are databases in CouchDB.
 *
 * @param dataDir as it was typed; undefined for the place where a server without that setting would look
 * @throws BadConfig when a variable of the environment is wrong
 * @throws StoreUnusable, VaultMismatch, SecretFileUnusable, CouchUnusable when they cannot be used; the message says why
 */
export async function openSubjects(dataDir: string | undefined, env: NodeJS.ProcessEnv): Promise<OpenSubjects> {
  const config = readConfig(dataDir === undefined ? [] : ["--data-dir", dataDir], env);
  if (config.store === "couchdb") return couchSubjects(config);
  const secret = await loadOrCreateSecret(secretPath(config.dataDir));
  const store = await openSqliteStore({ dataDir: config.dataDir, secret, exclusive: false });
  const place = `data folder: ${config.dataDir}`;
  return { subjects: store.subjects, place, [Symbol.asyncDispose]: () => store.close() };
}

async function couchSubjects({ couch }: Config): Promise<OpenSubjects> {
  const { openCouchStore } = await import("@meringue/couchdb");
  const store = await openCouchStore(couch);
  const place = `CouchDB: ${couch.server.url} (${couch.names.subjects})`;
  return { subjects: store.subjects, place, [Symbol.asyncDispose]: () => store.close() };
}
