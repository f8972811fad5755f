import type { DatabaseSync } from "node:sqlite";
import type { Migration } from "./migrations/migration.ts";

/** The database, or its folder, cannot be used; the message says why and what to do. */
export class StoreUnusable extends Error {
  override readonly name = "StoreUnusable";
}

/** The version of a database's schema; 0 of an empty file. */
export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/**
 * Brings a database to the schema of this release, each step in a transaction of its own.
 * @throws StoreUnusable when a newer release has written it.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[]): void {
  const found = schemaVersion(database);
  const newest = migrations.at(-1)?.version ?? 0;
  refuseNewer(found, newest, database.location() ?? "in memory");
  for (const { version, sql } of migrations) {
    if (version <= found) continue;
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${version}`);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw new StoreUnusable(`The step to schema version ${version} failed: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

function refuseNewer(found: number, newest: number, path: string): void {
  if (found <= newest) return;
  throw new StoreUnusable(
    `The database ${path} has schema version ${found}, but this release of Meringue knows versions up to ${newest}. ` +
      "Start the newer release again, or restore the backup from before it.",
  );
}
