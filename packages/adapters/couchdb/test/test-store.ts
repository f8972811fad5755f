import { COUCH_ACCOUNT, type CouchTestServer, couchServerUnavailable, startCouchServer } from "@meringue/testkit";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type { DatabaseNames } from "../src/databases.ts";
import { type CouchStore, type CouchStoreOptions, openCouchStore } from "../src/open-couch-store.ts";

/** Why no server of CouchDB's protocol can be started here; undefined when one can. */
export const unavailable = couchServerUnavailable();

/** One server for all tests of a file. @returns the server, once the tests run. */
export function couchServer(): () => CouchTestServer {
  let server: CouchTestServer | undefined;
  beforeAll(async () => {
    if (unavailable === undefined) server = await startCouchServer();
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error("The server is started before the tests.");
    return server;
  };
}

let worlds = 0;

/** Databases that no other test has. */
export function freshNames(): DatabaseNames {
  const prefix = `test_${process.pid}_${++worlds}_`;
  return { subjects: `${prefix}subjects`, whisks: `${prefix}whisks`, activations: `${prefix}activations` };
}

/** A store that is closed when the test ends. Failures that it reports fail the test. */
export async function testStore(
  { url }: Pick<CouchTestServer, "url">,
  { names = freshNames(), ...options }: Partial<CouchStoreOptions> = {},
): Promise<CouchStore> {
  const report = (line: string): void => {
    throw new Error(`unexpected report: ${line}`);
  };
  const store = await openCouchStore({ server: { url, ...COUCH_ACCOUNT }, names, report, ...options });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= store.close());
  onTestFinished(close);
  return { ...store, close };
}
