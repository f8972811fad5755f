import type { ActivationStore, Change, EntityStore, StoreContents, SubjectStore } from "@meringue/core";
import { type ChangesFollower, entityChange, followChanges, subjectChange } from "./changes-follower.ts";
import { type ActivationReader, couchActivationReader } from "./couch-activation-reader.ts";
import { type CouchDatabases, couchContents } from "./couch-contents.ts";
import { couchEntityStore } from "./couch-entity-store.ts";
import { couchRecordWriter, type RecordWriter } from "./couch-record-writer.ts";
import { couchSubjectStore } from "./couch-subject-store.ts";
import {
  createMissing,
  type DatabaseKind,
  type DatabaseNames,
  type DatabaseState,
  inspectDatabases,
  wipeDatabases,
} from "./databases.ts";
import { type CouchServer, couchClient } from "./http/couch-client.ts";
import { couchDatabase } from "./http/couch-database.ts";
import { type OwnWrites, ownWrites } from "./own-writes.ts";

export interface CouchStoreOptions {
  readonly server: CouchServer;
  readonly names: DatabaseNames;
  /** Whether upstream takes code of a kind as an attachment: what the runtimes manifest says. Default: of every kind. */
  readonly isAttached?: (kind: string) => boolean;
  /** Hears, as lines for the operator, of failures that no caller waits for. Default: a process warning. */
  readonly report?: (line: string) => void;
  /** Hears of databases and design documents that are made or deleted. */
  readonly announce?: (line: string) => void;
}

/** Upstream's three databases. */
export interface CouchStore {
  readonly entities: EntityStore;
  readonly subjects: SubjectStore;
  readonly records: ActivationReader & RecordWriter;
  readonly contents: StoreContents;
  /** Calls back when anybody else has changed entities, subjects or limits. @returns stops it. */
  onForeignChange(listener: (change: Change) => void): () => void;
  close(): Promise<void>;
}

/**
 * Opens the databases, making what is missing: databases, design documents, views.
 * @throws (rejects with) CouchUnusable when they cannot be reached, read or made.
 */
export async function openCouchStore({
  server,
  names,
  isAttached,
  report = warn,
  announce = quiet,
}: CouchStoreOptions): Promise<CouchStore> {
  const client = couchClient(server);
  try {
    await createMissing(client, names, announce);
    const databases: CouchDatabases = {
      subjects: couchDatabase(client, names.subjects),
      whisks: couchDatabase(client, names.whisks),
      activations: couchDatabase(client, names.activations),
    };
    const own = { subjects: ownWrites(), whisks: ownWrites() };
    const follower = await follow(databases, own, report);
    return {
      entities: couchEntityStore({
        database: databases.whisks,
        isAttached: isAttached ?? (() => true),
        own: own.whisks,
      }),
      subjects: couchSubjectStore(databases.subjects, own.subjects),
      records: { ...couchActivationReader(databases.activations), ...couchRecordWriter(databases.activations, report) },
      contents: couchContents(databases),
      onForeignChange: follower.subscribe,
      async close() {
        await follower.stop();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

function follow(
  { subjects, whisks }: CouchDatabases,
  own: { readonly subjects: OwnWrites; readonly whisks: OwnWrites },
  report: (line: string) => void,
): Promise<ChangesFollower> {
  return followChanges(
    [
      { database: subjects, own: own.subjects, toChange: subjectChange },
      { database: whisks, own: own.whisks, toChange: entityChange },
    ],
    report,
  );
}

/** What operators do with the databases as a whole. */
export interface CouchOperations {
  inspect(): Promise<readonly DatabaseState[]>;
  /** Makes what is missing. */
  init(): Promise<void>;
  /** Deletes databases with all that is in them, and makes them anew. */
  wipe(kinds: readonly DatabaseKind[]): Promise<void>;
  close(): Promise<void>;
}

/** Every operation throws CouchUnusable when the server cannot be reached or refuses. */
export function couchOperations({ server, names, announce = quiet }: CouchStoreOptions): CouchOperations {
  const client = couchClient(server);
  return {
    inspect: () => inspectDatabases(client, names),
    init: () => createMissing(client, names, announce),
    wipe: (kinds) => wipeDatabases(client, names, kinds, announce),
    close: client.close,
  };
}

/** The record part of {@link CouchStore} alone is also an activation store: one that has no journal in front. */
export function unjournaled(records: CouchStore["records"]): ActivationStore {
  return {
    put: (activation) => records.write([activation]),
    get: records.get,
    list: records.list,
    count: records.count,
  };
}

const quiet = (): void => undefined;

function warn(line: string): void {
  process.emitWarning(line, "MeringueStore");
}
