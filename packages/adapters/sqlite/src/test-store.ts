import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  openSqliteStore,
  type SharedSqliteStore,
  type SqliteStore,
  type SqliteStoreOptions,
} from "./open-sqlite-store.ts";

/** The secret of every store in the tests of this package. */
export const TEST_SECRET = Buffer.alloc(32, 7);

/** A folder that goes when the test ends. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-sqlite-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is closed when the test ends, if it was not before. Whatever it reports fails the test. */
export async function testStore(dataDir: string, options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const report = (line: string): never => {
    throw new Error(`unexpected report: ${line}`);
  };
  const store = await openSqliteStore({ dataDir, secret: TEST_SECRET, exclusive: true, report, ...options });
  return closedOnce(store);
}

/** The same for a store beside a server. */
export async function testSharedStore(dataDir: string): Promise<SharedSqliteStore> {
  return closedOnce(await openSqliteStore({ dataDir, secret: TEST_SECRET, exclusive: false }));
}

function closedOnce<T extends SharedSqliteStore>(store: T): T {
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= store.close());
  onTestFinished(close);
  return { ...store, close };
}
