import { COUCH_ACCOUNT, type CouchTestServer, couchServerUnavailable, startCouchServer } from "@meringue/testkit";
import { afterAll, beforeAll } from "vitest";

/** Why no server of CouchDB's protocol can be started here; undefined when one can. */
export const couchUnavailable = couchServerUnavailable();

/** A CouchDB with what tests look at behind a server's back. */
export interface CouchWorld extends CouchTestServer {
  /** The environment of a server that keeps its data there. */
  readonly env: Readonly<Record<string, string>>;
  /** Asks CouchDB itself. */
  ask(path: string, method?: string, body?: unknown): Promise<Record<string, unknown>>;
  /** The ids of the records in the database. */
  recordIds(): Promise<string[]>;
}

let worlds = 0;

/** One CouchDB for all tests of a `describe`, each of which takes databases of its own. */
export function couchWorlds(): () => CouchWorld {
  let server: CouchTestServer | undefined;
  beforeAll(async () => {
    if (couchUnavailable === undefined) server = await startCouchServer();
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error("The server is started before the tests.");
    return worldOf(server, `test_${process.pid}_${++worlds}_`);
  };
}

function worldOf(server: CouchTestServer, prefix: string): CouchWorld {
  const { username, password } = COUCH_ACCOUNT;
  const { hostname, port } = new URL(server.url);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const ask: CouchWorld["ask"] = async (path, method = "GET", body) => {
    const headers = { authorization, "content-type": "application/json" };
    const answer = await fetch(`${server.url}/${prefix}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  return {
    ...server,
    ask,
    env: {
      OW_DB: "CouchDB",
      OW_DB_PROTOCOL: "http",
      OW_DB_HOST: hostname,
      OW_DB_PORT: port,
      OW_DB_USERNAME: username,
      OW_DB_PASSWORD: password,
      MERINGUE_COUCHDB_PREFIX: prefix,
    },
    async recordIds() {
      const { rows } = (await ask("activations/_all_docs")) as { rows: { id: string }[] };
      return rows.map(({ id }) => id).filter((id) => !id.startsWith("_design/"));
    },
  };
}
