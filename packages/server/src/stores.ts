import {
  type ActivationJournal,
  type ActivationStore,
  type Change,
  type EntityStore,
  findRuntime,
  type Manifest,
  type SubjectStore,
} from "@meringue/core";
import { loadOrCreateSecret, openLocalJournal, openSqliteStore } from "@meringue/sqlite";
import type { Config } from "./config/config.ts";
import { secretPath } from "./secret-path.ts";

/** The stores of a server, wherever they are. */
export interface Stores {
  readonly entities: EntityStore;
  readonly subjects: SubjectStore;
  readonly activations: ActivationStore;
  readonly journal: ActivationJournal;
  /**
   * Resolves when all records can be read by whoever shares the store; rejects when it does not take them now. Absent
   * where nobody shares it.
   */
  shared?(): Promise<void>;
  /** Calls back when another process has changed entities, subjects or limits. @returns stops it. */
  onForeignChange(listener: (change: Change) => void): () => void;
  /** Finishes what was begun. */
  close(): Promise<void>;
}

/** What choosing the stores takes. */
export type StoreSettings = Pick<Config, "store" | "couch" | "dataDir" | "durability">;

/** What hears of things, as lines for the operator. */
export interface StoreReports {
  /** Failures that no caller waits for. */
  readonly report: (line: string) => void;
  /** What was made at the first start. */
  readonly announce: (line: string) => void;
}

/**
 * Opens the stores that the settings name, and takes the data folder for this server.
 * @throws (rejects with) StoreUnusable, SecretFileUnusable, VaultMismatch, CouchUnusable; the message says why
 */
export function openStores(settings: StoreSettings, manifest: Manifest, reports: StoreReports): Promise<Stores> {
  return settings.store === "couchdb" ? openCouch(settings, manifest, reports) : openSqlite(settings, reports);
}

async function openSqlite({ dataDir, durability }: StoreSettings, { report }: StoreReports): Promise<Stores> {
  const secret = await loadOrCreateSecret(secretPath(dataDir));
  return openSqliteStore({ dataDir, durability, secret, exclusive: true, report });
}

/** Entities, subjects and records in CouchDB; what was accepted, and records on their way, in the data folder. */
async function openCouch(
  { couch, dataDir, durability }: StoreSettings,
  manifest: Manifest,
  reports: StoreReports,
): Promise<Stores> {
  // loaded only where it is used: whoever keeps all in SQLite should not wait for it
  const { openCouchStore } = await import("@meringue/couchdb");
  const store = await openCouchStore({ ...couch, ...reports, isAttached: attachedKinds(manifest) });
  try {
    const { records, subjects } = store;
    const local = await openLocalJournal({ dataDir, durability, records, subjects, report: reports.report });
    return {
      entities: store.entities,
      subjects,
      activations: local.activations,
      journal: local.journal,
      shared: local.drained,
      onForeignChange: store.onForeignChange,
      async close() {
        try {
          await local.close();
        } finally {
          await store.close();
        }
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Which kinds' code upstream takes as an attachment; of kinds that the manifest does not list, all. */
export function attachedKinds(manifest: Manifest): (kind: string) => boolean {
  return (kind) => findRuntime(manifest, kind)?.attached ?? true;
}

/** What the operator should know about where the data is, beside the data folder: facts for the start-up lines. */
export function storeNotes({ store, couch }: StoreSettings): readonly string[] {
  if (store === "sqlite") return [];
  const { subjects, whisks, activations } = couch.names;
  return [`store: CouchDB at ${couch.server.url} (${subjects}, ${whisks}, ${activations})`];
}
