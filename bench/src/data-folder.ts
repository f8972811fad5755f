import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadOrCreateSecret, openSqliteStore, type SqliteStore } from "@meringue/sqlite";
import { secretPath } from "../../packages/server/src/secret-path.ts";

/** A folder that is deleted in the end. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), "meringue-bench-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Opens a data folder as the server does, for filling it before there is a server. */
export async function openStore(dataDir: string, durability: "default" | "strict" = "default"): Promise<SqliteStore> {
  const secret = await loadOrCreateSecret(secretPath(dataDir));
  const report = (line: string): void => console.error(line);
  return openSqliteStore({ dataDir, secret, durability, exclusive: true, report });
}

/** Does something `count` times, `atOnce` of them at a time. */
export async function manyTimes(count: number, atOnce: number, what: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await what(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
