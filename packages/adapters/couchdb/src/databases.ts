import type { Json } from "@meringue/core";
import { activationDesigns, entityDesigns, subjectDesigns } from "./design/design-documents.ts";
import { type DesignDocument, designJson } from "./design/map-function.ts";
import type { CouchClient } from "./http/couch-client.ts";
import { CouchFailure, CouchUnusable, isLockedOut } from "./http/couch-failure.ts";

/** What the three databases are called. */
export interface DatabaseNames {
  /** Subjects and limits. */
  readonly subjects: string;
  /** Actions, packages, rules and triggers. */
  readonly whisks: string;
  readonly activations: string;
}

export type DatabaseKind = keyof DatabaseNames;

export const DATABASE_KINDS: readonly DatabaseKind[] = ["subjects", "whisks", "activations"];

const DESIGNS: Readonly<Record<DatabaseKind, readonly DesignDocument[]>> = {
  subjects: subjectDesigns,
  whisks: entityDesigns,
  activations: activationDesigns,
};

/** What one database has and lacks. */
export interface DatabaseState {
  readonly kind: DatabaseKind;
  readonly name: string;
  readonly exists: boolean;
  /** Number of documents, design documents included. */
  readonly documents: number;
  /** Names of design documents that are not there, or lack a view. */
  readonly missingDesigns: readonly string[];
}

/** Looks at the databases. @throws CouchUnusable when the server cannot be asked. */
export async function inspectDatabases(client: CouchClient, names: DatabaseNames): Promise<readonly DatabaseState[]> {
  return mended(client, async () => {
    await client.json({ method: "GET", path: "/" });
    const states: DatabaseState[] = [];
    for (const kind of DATABASE_KINDS) states.push(await inspect(client, kind, names[kind]));
    return states;
  });
}

async function inspect(client: CouchClient, kind: DatabaseKind, name: string): Promise<DatabaseState> {
  const info = await absentAsUndefined(client.json({ method: "GET", path: `/${encodeURIComponent(name)}` }));
  if (info === undefined) {
    return { kind, name, exists: false, documents: 0, missingDesigns: DESIGNS[kind].map((design) => design.name) };
  }
  const missingDesigns: string[] = [];
  for (const design of DESIGNS[kind]) {
    const found = await absentAsUndefined(client.json({ method: "GET", path: designPath(name, design) }));
    if (!hasAll(found, design)) missingDesigns.push(design.name);
  }
  return { kind, name, exists: true, documents: Number((info as { doc_count?: number }).doc_count), missingDesigns };
}

/** Whether every view is there. What it is made of is its owner's: upstream's text does what ours does. */
function hasAll(found: Json | undefined, { views }: DesignDocument): boolean {
  const present = (found as { views?: Record<string, unknown> } | undefined)?.views ?? {};
  return found !== undefined && Object.keys(views).every((view) => Object.hasOwn(present, view));
}

/**
 * Makes what is missing; what is there is left as it is, but for views that a design document lacks.
 * @param report hears of each thing that is made, as a line.
 * @throws CouchUnusable
 */
export async function createMissing(
  client: CouchClient,
  names: DatabaseNames,
  report: (line: string) => void,
): Promise<void> {
  for (const state of await inspectDatabases(client, names)) {
    await mended(client, async () => {
      if (!state.exists) {
        await client.json({ method: "PUT", path: `/${encodeURIComponent(state.name)}` }).catch(unlessExists);
        report(`created the database ${state.name}`);
      }
      for (const design of DESIGNS[state.kind]) {
        if (!state.missingDesigns.includes(design.name)) continue;
        await putDesign(client, state.name, design);
        report(`created the design document ${design.name} in ${state.name}`);
      }
    });
  }
}

async function putDesign(client: CouchClient, database: string, design: DesignDocument): Promise<void> {
  const path = designPath(database, design);
  const old = (await absentAsUndefined(client.json({ method: "GET", path }))) as { views?: object } | undefined;
  const wanted = designJson(design);
  const body = old === undefined ? wanted : { ...old, views: { ...(wanted["views"] as object), ...old.views } };
  await client.json({ method: "PUT", path, body }).catch((error: unknown) => {
    // another process made it meanwhile
    if (!(error instanceof CouchFailure) || error.status !== 409) throw error;
  });
}

/** Deletes databases with all that is in them, and makes them anew. @throws CouchUnusable */
export async function wipeDatabases(
  client: CouchClient,
  names: DatabaseNames,
  kinds: readonly DatabaseKind[],
  report: (line: string) => void,
): Promise<void> {
  await mended(client, async () => {
    for (const kind of kinds) {
      const path = `/${encodeURIComponent(names[kind])}`;
      const gone = await absentAsUndefined(client.json({ method: "DELETE", path }));
      if (gone !== undefined) report(`deleted the database ${names[kind]}`);
    }
  });
  await createMissing(client, names, report);
}

function designPath(database: string, { name }: DesignDocument): string {
  return `/${encodeURIComponent(database)}/_design/${encodeURIComponent(name)}`;
}

async function absentAsUndefined(answer: Promise<Json>): Promise<Json | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof CouchFailure && error.status === 404) return undefined;
    throw error;
  }
}

function unlessExists(error: unknown): void {
  if (!(error instanceof CouchFailure) || error.status !== 412) throw error;
}

/** Failures as sentences for whoever starts a server or a command. */
async function mended<T>(client: CouchClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CouchFailure)) throw error;
    throw new CouchUnusable(explain(client.url, error), { cause: error });
  }
}

function explain(url: string, { status, message }: CouchFailure): string {
  if (isLockedOut(status)) {
    return (
      `CouchDB at ${url} refuses the user name and password: set OW_DB_USERNAME and OW_DB_PASSWORD to an account ` +
      `that may read, write and create the databases. (${message})`
    );
  }
  if (status === undefined) return `${message}. Is it running, and are OW_DB_HOST and OW_DB_PORT right?`;
  return `CouchDB at ${url} cannot be used: ${message}`;
}
