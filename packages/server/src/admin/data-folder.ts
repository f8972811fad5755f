import type { SubjectStore } from "@meringue/core";
import { loadOrCreateSecret, openSqliteStore } from "@meringue/sqlite";
import { readConfig } from "../config/read-config.ts";
import { secretPath } from "../secret-path.ts";

/** The accounts in a data folder. Whoever opened them closes them. */
export interface OpenSubjects extends AsyncDisposable {
  readonly subjects: SubjectStore;
  /** Absolute path of the folder. */
  readonly dataDir: string;
}

/**
 * Opens the accounts of a server, whether or not it runs: a running one notices what is changed. A folder that no server
 * has used yet is made, so that accounts can be there before the first start.
 *
 * @param dataDir as it was typed; undefined for the place where a server without that setting would look
 * @throws BadConfig when a variable of the environment is wrong
 * @throws StoreUnusable, VaultMismatch, SecretFileUnusable when the folder cannot be used; the message says why
 */
export async function openSubjects(dataDir: string | undefined, env: NodeJS.ProcessEnv): Promise<OpenSubjects> {
  const config = readConfig(dataDir === undefined ? [] : ["--data-dir", dataDir], env);
  const secret = await loadOrCreateSecret(secretPath(config.dataDir));
  const store = await openSqliteStore({ dataDir: config.dataDir, secret, exclusive: false });
  return { subjects: store.subjects, dataDir: config.dataDir, [Symbol.asyncDispose]: () => store.close() };
}
