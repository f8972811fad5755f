/** `meringue db init|check|wipe|copy`: the databases as a whole. */
import { type CouchOperations, couchOperations, type DatabaseState, openCouchStore } from "@meringue/couchdb";
import { loadOrCreateSecret, openSqliteStore } from "@meringue/sqlite";
import { mendableBy } from "../admin/mendable.ts";
import type { Config } from "../config/config.ts";
import { BadConfig, readConfig } from "../config/read-config.ts";
import { readManifest } from "../manifest-file.ts";
import { secretPath } from "../secret-path.ts";
import { attachedKinds } from "../stores.ts";
import { isLoopback, seedAccounts } from "../well-known-keys.ts";
import { type CopyCounts, type CopyTarget, copyContents } from "./copy-contents.ts";
import { DB_USAGE, type DbRequest, parseDbCommand, type StoreName } from "./parse-db-command.ts";

const out = (line: string): void => console.log(line);
const err = (line: string): void => console.error(line);

/** @returns the exit code. */
async function run(request: DbRequest): Promise<number> {
  switch (request.kind) {
    case "help":
      for (const line of DB_USAGE) out(line);
      return 0;
    case "usage":
      err(`meringue db: ${request.problem}`);
      err("`meringue db --help` tells more.");
      return 2;
    case "init":
      return init(settings(request.flags));
    case "check":
      return withOperations(settings(request.flags), check);
    case "wipe":
      return withOperations(settings(request.flags), async (operations) => {
        if (!request.sure) {
          err(`This deletes ${request.databases.join(" and ")} with all that is in them. Say --yes if that is meant.`);
          return 2;
        }
        await operations.wipe(request.databases);
        return 0;
      });
    case "copy":
      return copy(request.from, request.to, settings(request.flags));
  }
}

/** @throws BadConfig */
function settings(flags: readonly string[]): Config {
  return readConfig([...flags, "--store", "couchdb"], process.env);
}

async function withOperations(
  { couch }: Config,
  work: (operations: CouchOperations) => Promise<number>,
): Promise<number> {
  const operations = couchOperations({ ...couch, announce: out });
  try {
    return await work(operations);
  } finally {
    await operations.close();
  }
}

async function init({ couch, host }: Config): Promise<number> {
  const store = await openCouchStore({ ...couch, announce: out });
  try {
    const { fresh } = await seedAccounts(store.subjects, isLoopback(host));
    for (const { name, authKey } of fresh) out(`new key of ${name}, shown this once: ${authKey}`);
    return 0;
  } finally {
    await store.close();
  }
}

async function check(operations: CouchOperations): Promise<number> {
  const states = await operations.inspect();
  for (const state of states) out(described(state));
  return states.every(isWhole) ? 0 : 1;
}

function isWhole({ exists, missingDesigns }: DatabaseState): boolean {
  return exists && missingDesigns.length === 0;
}

function described({ name, exists, documents, missingDesigns }: DatabaseState): string {
  if (!exists) return `${name}: missing`;
  const missing = missingDesigns.length === 0 ? "" : `, missing or lacking views: ${missingDesigns.join(", ")}`;
  return `${name}: ${documents} documents${missing}`;
}

async function copy(from: StoreName, to: StoreName, config: Config): Promise<number> {
  const secret = await loadOrCreateSecret(secretPath(config.dataDir));
  const manifest = await readManifest(config.manifestFile);
  await using stack = new AsyncDisposableStack();
  const sqlite = await openSqliteStore({ dataDir: config.dataDir, secret, exclusive: true, report: err });
  stack.defer(() => sqlite.close());
  const couch = await openCouchStore({
    ...config.couch,
    isAttached: attachedKinds(manifest),
    announce: out,
    report: err,
  });
  stack.defer(() => couch.close());
  const targets: Readonly<Record<StoreName, CopyTarget>> = {
    sqlite: {
      entities: sqlite.entities,
      subjects: sqlite.subjects,
      writeRecords: async (records) => {
        await Promise.all(records.map((record) => sqlite.activations.put(record)));
      },
    },
    couchdb: { entities: couch.entities, subjects: couch.subjects, writeRecords: couch.records.write },
  };
  const counts = await copyContents(from === "sqlite" ? sqlite.contents : couch.contents, targets[to], err);
  out(summed(counts, from, to));
  return counts.refused === 0 ? 0 : 1;
}

function summed({ subjects, limits, entities, activations }: CopyCounts, from: StoreName, to: StoreName): string {
  return `copied from ${from} to ${to}: accounts ${subjects}, limits ${limits}, entities ${entities}, activations ${activations}`;
}

try {
  process.exitCode = await run(parseDbCommand(process.argv.slice(2)));
} catch (error) {
  const sentence = mendableBy(error);
  if (sentence === undefined) throw error;
  err(sentence);
  process.exitCode = error instanceof BadConfig ? 2 : 1;
}
