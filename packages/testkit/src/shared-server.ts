import type { ServerProcess } from "./server-process.ts";

/**
 * A server that runs already, such as a cluster: the one at the URL in `MERINGUE_TEST_SERVER`, with the key of the namespace
 * guest in `MERINGUE_TEST_SERVER_KEY`. It has no process that a test could end, so it fits tests that only call. Each test
 * file finds it empty if the one before it was closed.
 * @returns undefined when none is named
 */
export function sharedServer(): ServerProcess | undefined {
  const url = process.env["MERINGUE_TEST_SERVER"];
  const guestKey = process.env["MERINGUE_TEST_SERVER_KEY"];
  if (url === undefined || guestKey === undefined) return undefined;
  const notHere = (): never => {
    throw new Error("A server that is shared is not this test's to end, or to look into.");
  };
  return {
    url,
    guestKey,
    get dataDir() {
      return notHere();
    },
    get child() {
      return notHere();
    },
    output: () => "",
    stop: notHere,
    kill: notHere,
    [Symbol.asyncDispose]: () => empty(url, guestKey),
  };
}

/** In the order in which one lets go of the next. */
const COLLECTIONS = ["rules", "triggers", "actions", "packages"] as const;
const PAGE = 200;

/** Deletes all entities of the namespace. */
async function empty(url: string, key: string): Promise<void> {
  const headers = { authorization: `Basic ${Buffer.from(key).toString("base64")}` };
  for (const collection of COLLECTIONS) {
    const base = `${url}/api/v1/namespaces/_/${collection}`;
    const listed = await fetch(`${base}?limit=${PAGE}`, { headers });
    for (const { name, namespace } of (await listed.json()) as { name: string; namespace: string }[]) {
      const pkg = namespace.split("/")[1];
      const path = pkg === undefined ? name : `${pkg}/${name}`;
      const gone = await fetch(`${base}/${path}`, { method: "DELETE", headers });
      if (!gone.ok && gone.status !== 404)
        throw new Error(`${collection} ${path}: ${gone.status} ${await gone.text()}`);
    }
  }
}
