import { closeSync, type FSWatcher, openSync, watch } from "node:fs";
import type {
  ActivationJournal,
  ActivationStore,
  Change,
  EntityStore,
  StoreContents,
  SubjectStore,
} from "@meringue/core";
import { dataFiles } from "./database/open-database.ts";
import { type DatabaseClient, openDatabaseClient } from "./database/worker-client.ts";
import { openJournal } from "./journal/open-journal.ts";
import { type ActivationReader, journaledActivationStore, sqliteActivationReader } from "./sqlite-activation-store.ts";
import { sqliteContents } from "./sqlite-contents.ts";
import { sqliteEntityStore } from "./sqlite-entity-store.ts";
import { sqliteSubjectStore } from "./sqlite-subject-store.ts";
import { keyVault } from "./vault/key-vault.ts";

export interface SqliteStoreOptions {
  /** Made when it is not there. */
  readonly dataDir: string;
  /** The master secret, see {@link loadOrCreateSecret}. */
  readonly secret: Uint8Array;
  /**
   * `default`: what was accepted or recorded survives SIGKILL, and a durable accept survives power loss. `strict`: all
   * of it survives power loss.
   */
  readonly durability?: "default" | "strict";
  /** A journal segment that has grown to this size is followed by a new one. Default 16 MiB. */
  readonly segmentBytes?: number;
  /**
   * Hears, as lines for the operator, of damage that was found and of failures that no caller waits for. Default: a
   * process warning.
   */
  readonly report?: (line: string) => void;
}

/** What any process may do with a data folder, also beside the server that has it. */
export interface SharedSqliteStore {
  readonly entities: EntityStore;
  readonly subjects: SubjectStore;
  /** Sees the records that have left the server's journal: all but those of the last moments. */
  readonly activations: ActivationReader;
  readonly contents: StoreContents;
  /** Finishes what was begun. */
  close(): Promise<void>;
}

/** The store of the one server that has the data folder. */
export interface SqliteStore extends SharedSqliteStore {
  readonly activations: ActivationStore;
  readonly journal: ActivationJournal;
  /** Calls back when another process has changed entities, subjects or limits. @returns stops it. */
  onForeignChange(listener: (change: Change) => void): () => void;
}

/** See {@link SqliteStoreOptions.segmentBytes}. */
export const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;

/**
 * Opens a data folder for the server, or (`exclusive: false`) for a process that works beside it.
 * @throws (rejects with) StoreUnusable when a server has the folder already, when a newer release has written it, or
 * when the secret is another one.
 */
export function openSqliteStore(options: SqliteStoreOptions & { readonly exclusive: true }): Promise<SqliteStore>;
export function openSqliteStore(
  options: SqliteStoreOptions & { readonly exclusive: false },
): Promise<SharedSqliteStore>;
export async function openSqliteStore(
  options: SqliteStoreOptions & { readonly exclusive: boolean },
): Promise<SharedSqliteStore> {
  const { dataDir, exclusive, secret } = options;
  const vault = keyVault(secret);
  const opened = await openDatabaseClient({ dataDir, exclusive, secretFingerprint: vault.fingerprint });
  const { client } = opened;
  const shared: SharedSqliteStore = {
    entities: sqliteEntityStore(client),
    subjects: sqliteSubjectStore(client, vault),
    activations: sqliteActivationReader(client),
    contents: sqliteContents(client, sqliteSubjectStore(client, vault)),
    close: () => client.close(),
  };
  if (!exclusive) return shared;
  try {
    return await serverStore(options, opened, shared);
  } catch (error) {
    await client.close();
    throw error;
  }
}

async function serverStore(
  { dataDir, durability = "default", segmentBytes = DEFAULT_SEGMENT_BYTES, ...options }: SqliteStoreOptions,
  opened: Awaited<ReturnType<typeof openDatabaseClient>>,
  shared: SharedSqliteStore,
): Promise<SqliteStore> {
  const report = options.report ?? ((line: string) => process.emitWarning(line, "MeringueStore"));
  const strict = durability === "strict";
  const files = dataFiles(dataDir);
  const foreign = await foreignChanges(opened.client, files.wake, report);
  const { subjects } = shared;
  const { client, position } = opened;
  const open = await openJournal({
    destination: {
      takeIn: (stretch) => client.call("takeIn", stretch),
      recorded: (ids) => client.call("recorded", ids),
      sync: () => client.call("sync"),
    },
    position,
    folder: files.journal,
    subjects,
    strict,
    segmentBytes,
    report,
  });
  return {
    ...shared,
    journal: open.journal,
    contents: {
      ...shared.contents,
      async *activations() {
        await open.drained();
        yield* shared.contents.activations();
      },
    },
    activations: journaledActivationStore({ reader: shared.activations, journal: open }),
    onForeignChange: foreign.subscribe,
    async close() {
      foreign.stop();
      try {
        await open.close();
      } finally {
        await shared.close();
      }
    },
  };
}

interface ForeignChanges {
  subscribe(listener: (change: Change) => void): () => void;
  stop(): void;
}

/** Other processes touch a file just before they commit; what they changed is then read from the database. */
async function foreignChanges(
  client: DatabaseClient,
  wakePath: string,
  report: (line: string) => void,
): Promise<ForeignChanges> {
  const listeners = new Set<(change: Change) => void>();
  let stopped = false;
  async function tell(): Promise<void> {
    if (stopped) return;
    const changes = await client.call("takeForeignChanges");
    for (const change of changes) for (const listener of listeners) listener(change);
  }
  const failed = (error: Error): void => report(`Changes by other processes may go unnoticed: ${error.message}`);
  closeSync(openSync(wakePath, "a", 0o600));
  const watcher: FSWatcher = watch(wakePath, { persistent: false }, () => void tell().catch(failed));
  watcher.on("error", failed);
  await client.call("takeForeignChanges"); // of times before this process: it has cached nothing yet
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      watcher.close();
    },
  };
}
