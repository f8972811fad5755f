import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { migrate, StoreUnusable, schemaVersion } from "./migrate.ts";
import { ALL_MIGRATIONS } from "./migrations/all-migrations.ts";
import type { WorkerSetup } from "./requests.ts";

const BUSY_TIMEOUT_MS = 5000;
const CACHE_KIB = 16 * 1024;
/** Records are one or two to a page; measured 15 % less work per record than with 4 KiB. Counts for new files only. */
const PAGE_BYTES = 8192;
/**
 * Pages of indexes change again and again: the longer they wait in the WAL, the less often they are written to the
 * file.
 */
const CHECKPOINT_PAGES = 4000;
const WAL_KEPT_BYTES = 64 * 1024 * 1024;

/** Where things are in a data folder. */
export function dataFiles(dataDir: string) {
  return {
    database: join(dataDir, "meringue.db"),
    lock: join(dataDir, "server.lock"),
    owner: join(dataDir, "server.pid"),
    wake: join(dataDir, "changes"),
    journal: join(dataDir, "journal"),
    journalForElsewhere: join(dataDir, "journal-for-couchdb"),
  };
}

export interface OpenDatabase {
  readonly database: DatabaseSync;
  close(): void;
}

/**
 * Opens the database of a data folder, making or migrating it first if need be.
 * @throws StoreUnusable when a server has the folder and this one wants it for itself, when a newer release has written
 * it, or when the secret is another one.
 */
export function openDatabase({ dataDir, exclusive, secretFingerprint }: WorkerSetup): OpenDatabase {
  const files = dataFiles(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = exclusive ? lockFolder(dataDir) : undefined;
  try {
    makePrivate(files.database);
    const database = new DatabaseSync(files.database, { timeout: BUSY_TIMEOUT_MS });
    try {
      database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
        PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${CACHE_KIB};
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA journal_size_limit = ${WAL_KEPT_BYTES}`);
      if (exclusive) migrate(database, ALL_MIGRATIONS);
      else migrateBesideServer(database, dataDir);
      checkSecret(database, secretFingerprint);
    } catch (error) {
      database.close();
      throw error;
    }
    return {
      database,
      close() {
        database.close();
        lock?.close();
      },
    };
  } catch (error) {
    lock?.close();
    throw error;
  }
}

/**
 * Makes a file that only its owner can read; SQLite gives its other files the mode of this one. A file that is there
 * is not even opened: closing it would end the locks that this process holds on it by another connection.
 */
function makePrivate(path: string): void {
  if (existsSync(path)) return;
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // another process was faster
  }
}

/**
 * Takes the folder for this process by an open exclusive transaction on a database of its own. The system ends it with
 * the process, however that dies.
 * @throws StoreUnusable when another server has it.
 */
export function lockFolder(dataDir: string): { close(): void } {
  const files = dataFiles(dataDir);
  makePrivate(files.lock);
  const lock = new DatabaseSync(files.lock, { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    const message = (error as Error).message;
    if (!message.includes("locked")) throw error;
    throw new StoreUnusable(
      `The data folder ${dataDir} is in use by another Meringue server${ownerOf(files.owner)}. ` +
        "Stop that server first, or give this one another folder.",
      { cause: error },
    );
  }
  writeFileSync(files.owner, `${process.pid}\n`, { mode: 0o600 });
  return lock;
}

function ownerOf(path: string): string {
  try {
    return ` (process ${readFileSync(path, "utf8").trim()})`;
  } catch {
    return ""; // only decoration: the message is right without it
  }
}

/** A running server of another release must not lose its schema under its feet. */
function migrateBesideServer(database: DatabaseSync, dataDir: string): void {
  const newest = ALL_MIGRATIONS.at(-1)?.version ?? 0;
  if (schemaVersion(database) >= newest) {
    migrate(database, ALL_MIGRATIONS);
    return;
  }
  const lock = lockFolder(dataDir);
  try {
    migrate(database, ALL_MIGRATIONS);
  } finally {
    lock.close();
  }
}

function checkSecret(database: DatabaseSync, fingerprint: Uint8Array): void {
  const found = database.prepare("SELECT secret_fingerprint FROM store").get()?.["secret_fingerprint"];
  if (found === null) {
    database.prepare("UPDATE store SET secret_fingerprint = ?").run(fingerprint);
    return;
  }
  if (Buffer.compare(found as Uint8Array, fingerprint) === 0) return;
  throw new StoreUnusable(
    `The keys in ${database.location() ?? "the database"} are encrypted under another secret. ` +
      "Restore the secret file that belongs to this database.",
  );
}
