export { StoreUnusable } from "./database/migrate.ts";
export {
  type LocalJournal,
  type LocalJournalOptions,
  openLocalJournal,
  type RemoteRecords,
} from "./open-local-journal.ts";
export {
  openSqliteStore,
  type SharedSqliteStore,
  type SqliteStore,
  type SqliteStoreOptions,
} from "./open-sqlite-store.ts";
export type { ActivationReader } from "./sqlite-activation-store.ts";
export { VaultMismatch } from "./vault/key-vault.ts";
export { loadOrCreateSecret, SecretFileUnusable } from "./vault/secret-file.ts";
