import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isJsonObject } from "@meringue/core";
import { type ServerProcess, startServer } from "@meringue/testkit";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";
import { clientsSuite } from "./clients-suite.ts";
import { type CouchWorld, couchUnavailable, couchWorlds } from "./couchdb-world.ts";

const SANDBOX = ["--containers", "sandbox"];
const CODE = "function main({ n = 0 }) { console.log('line', n); return { n }; }";

describe.skipIf(couchUnavailable !== undefined)(
  "npm openwhisk, unchanged, with its data in CouchDB (needs pouchdb-server)",
  () => {
    const world = couchWorlds();
    beforeAll(() => Object.assign(process.env, world().env));
    afterAll(() => {
      for (const name of Object.keys(process.env)) if (/^OW_DB|COUCHDB_PREFIX$/.test(name)) delete process.env[name];
    });
    clientsSuite(SANDBOX);
  },
);

/** A server with its data in CouchDB, and its client; both go when the test ends. */
async function serverOn({ env }: CouchWorld, dataDir?: string): Promise<{ server: ServerProcess; client: ApiClient }> {
  const server = await startServer({ env, flags: SANDBOX, ...(dataDir === undefined ? {} : { dataDir }) });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { server, client: apiClient(server.url, server.guestKey) };
}

async function createHello(client: ApiClient, code = CODE): Promise<void> {
  const { status } = await client.call("PUT", "actions/hello?overwrite=true", {
    exec: { kind: "nodejs:default", code },
  });
  if (status !== 200) throw new Error(`The action was not created: ${status}`);
}

/** @returns the id of an activation that was answered. */
async function invoke(client: ApiClient, n: number, blocking: boolean): Promise<string> {
  const { status, json } = await client.call("POST", `actions/hello?blocking=${blocking}`, { n });
  if (status !== (blocking ? 200 : 202) || !isJsonObject(json)) throw new Error(`invoked: ${status}`);
  return String(json["activationId"]);
}

/** Waits until the database has as many records. */
async function untilRecords({ recordIds }: CouchWorld, count: number): Promise<string[]> {
  for (;;) {
    const ids = await recordIds();
    if (ids.length >= count) return ids.sort();
    await sleep(50);
  }
}

/** Several servers start in one test. */
const TIMEOUT_MS = 120_000;

describe.skipIf(couchUnavailable !== undefined)(
  "a server whose CouchDB goes away (needs pouchdb-server)",
  { timeout: TIMEOUT_MS },
  () => {
    const worlds = couchWorlds();

    test("answers calls of actions that it knows, keeps their records, and moves them when it is back", async ({
      expect,
    }) => {
      const world = worlds();
      const { server, client } = await serverOn(world);
      await createHello(client);
      const ids = [await invoke(client, 0, true)];

      await world.kill();
      onTestFinished(() => world.start());
      for (let round = 0; round < 20; round++) {
        const calls = Array.from({ length: 10 }, (_, i) => invoke(client, i, i % 2 === 0));
        ids.push(...(await Promise.all(calls)));
      }
      const waiting = await client.call("GET", `activations/${ids[1]}`);
      expect(waiting).toMatchObject({ status: 200, json: { logs: [expect.stringMatching(/stdout: line 0$/)] } });
      expect((await client.call("GET", "activations")).status).toBe(503);
      expect((await client.call("GET", "actions/unknown")).status).toBe(503);
      expect((await client.call("PUT", "actions/other", { exec: { kind: "nodejs:default", code: CODE } })).status).toBe(
        503,
      );
      expect(server.output()).toMatch(/Records stay in the journal for now/);

      await world.start();
      const found = await untilRecords(world, ids.length);
      expect(found).toEqual(ids.map((id) => `guest/${id}`).sort());
      expect((await client.call("GET", "activations?count=true&limit=0")).json).toEqual({ activations: ids.length });
      expect(server.output()).toMatch(/Records are moved into the database again/);
    });

    test("and which is killed meanwhile loses nothing either", async ({ expect }) => {
      const world = worlds();
      const dataDir = await mkdtemp(join(tmpdir(), "meringue-"));
      onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
      const { server, client } = await serverOn(world, dataDir);
      await createHello(client);
      await invoke(client, 0, true);
      await world.kill();
      onTestFinished(() => world.start());
      const answered = await Promise.all(Array.from({ length: 20 }, (_, i) => invoke(client, i, i % 2 === 0)));
      await server.kill();

      await world.start();
      await serverOn(world, dataDir);
      const found = await untilRecords(world, 21);
      expect(new Set(found).size).toBe(21);
      expect(found).toEqual(expect.arrayContaining(answered.map((id) => `guest/${id}`)));
    });

    test("does not notice that it is slow, as long as calls need nothing from it", async ({ expect }) => {
      const world = worlds();
      const { client } = await serverOn(world);
      await createHello(client);
      const ids = [await invoke(client, 0, true)];
      world.freeze();
      onTestFinished(() => world.thaw());
      for (let i = 0; i < 50; i++) ids.push(await invoke(client, i, true));
      world.thaw();

      expect(await untilRecords(world, ids.length)).toEqual(ids.map((id) => `guest/${id}`).sort());
    });
  },
);

describe.skipIf(couchUnavailable !== undefined)(
  "servers that share a CouchDB (needs pouchdb-server)",
  { timeout: TIMEOUT_MS },
  () => {
    const worlds = couchWorlds();

    test("run what the other one has written last", async ({ expect }) => {
      const world = worlds();
      const [{ client: one }, { client: two }] = [await serverOn(world), await serverOn(world)];
      const result = async (client: ApiClient) =>
        (await client.call("POST", "actions/hello?blocking=true&result=true", {})).json;
      await createHello(one, "function main() { return { v: 1 }; }");
      expect(await result(two)).toEqual({ v: 1 });

      await createHello(one, "function main() { return { v: 2 }; }");
      while (JSON.stringify(await result(two)) !== '{"v":2}') await sleep(20);
    });

    test("turn a subject away that somebody blocked in the database", async ({ expect }) => {
      const world = worlds();
      const { client } = await serverOn(world);
      expect((await client.call("GET", "actions")).status).toBe(200);

      const subject = await world.ask("subjects/guest");
      await world.ask("subjects", "POST", { ...subject, blocked: true }); // as wskadmin writes it
      while ((await client.call("GET", "actions")).status !== 401) await sleep(20);
    });

    test("let one of several writers win, and tell the others", async ({ expect }) => {
      const world = worlds();
      const clients = [(await serverOn(world)).client, (await serverOn(world)).client];
      const [first] = clients;
      if (first === undefined) throw new Error("There is a client.");
      await createHello(first);
      const writes = Array.from({ length: 30 }, (_, i) =>
        (clients[i % 2] ?? first).call("PUT", "actions/hello?overwrite=true", {
          exec: { kind: "nodejs:default", code: `function main() { return { w: ${i} }; }` },
        }),
      );
      const statuses = (await Promise.all(writes)).map(({ status }) => status);

      expect(new Set(statuses)).toEqual(new Set([200, 409]));
      const won = statuses.flatMap((status, i) => (status === 200 ? [i] : []));
      const { json } = await first.call("GET", "actions/hello");
      const { _rev } = await world.ask("whisks/guest%2Fhello");
      expect(json).toMatchObject({ version: `0.0.${won.length + 1}` });
      expect(String(_rev)).toMatch(new RegExp(`^${won.length + 1}-`));
    });
  },
);
