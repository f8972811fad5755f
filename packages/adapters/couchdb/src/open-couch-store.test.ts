import type { Change, EntityName, JsonObject } from "@meringue/core";
import { anAction, anActivation, aSubject, COUCH_ACCOUNT } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { couchServer, freshNames, testStore, unavailable } from "../test/test-store.ts";
import { couchClient } from "./http/couch-client.ts";
import { couchOperations, openCouchStore } from "./open-couch-store.ts";

describe.skipIf(unavailable !== undefined)("opening databases (needs pouchdb-server)", () => {
  const server = couchServer();

  test("makes what is missing, once, and says so", async ({ expect }) => {
    const names = freshNames();
    const announced: string[] = [];
    const announce = (line: string) => void announced.push(line);
    await testStore(server(), { names, announce });
    expect(announced).toContain(`created the database ${names.whisks}`);
    expect(announced).toContain(`created the design document whisks-filters.v2.1.1 in ${names.activations}`);
    expect(announced).toHaveLength(3 + 3 + 2 + 5);

    announced.length = 0;
    await testStore(server(), { names, announce });
    expect(announced).toEqual([]);
  });

  test("leaves design documents of others as they are, and adds the views that they lack", async ({ expect }) => {
    const names = freshNames();
    const { url } = server();
    const client = couchClient({ url, ...COUCH_ACCOUNT });
    onTestFinished(() => client.close());
    const path = `/${names.whisks}/_design/whisks.v2.1.0`;
    const map = "function (doc) { if (doc.exec) emit([doc.namespace, doc.updated], 5); }";
    const views = { actions: { map, reduce: "_count" }, more: { map } };
    await client.json({ method: "PUT", path: `/${names.whisks}` });
    await client.json({ method: "PUT", path, body: { language: "javascript", views } });
    const operations = couchOperations({ server: { url, ...COUCH_ACCOUNT }, names });
    onTestFinished(() => operations.close());
    const [, state] = await operations.inspect();
    expect(state).toMatchObject({ exists: true, documents: 1, missingDesigns: ["whisks.v2.1.0", "snapshotFilters"] });

    await operations.init();

    const after = (await client.json({ method: "GET", path })) as { views: JsonObject };
    expect(after.views).toMatchObject(views);
    expect(Object.keys(after.views).sort()).toEqual([
      "actions",
      "more",
      "packages",
      "packages-public",
      "rules",
      "triggers",
    ]);
    for (const each of await operations.inspect()) expect(each.missingDesigns).toEqual([]);
  });

  test("says in a sentence that the account is refused, or that nobody is there", async ({ expect }) => {
    const { url } = server();
    const wrong = { url, username: "tester", password: "wrong" };
    await expect(openCouchStore({ server: wrong, names: freshNames() })).rejects.toThrow(
      /refuses the user name and password: set OW_DB_USERNAME and OW_DB_PASSWORD/,
    );
    await expect(openCouchStore({ server: { url: "http://127.0.0.1:9" }, names: freshNames() })).rejects.toThrow(
      /^CouchDB at http:\/\/127\.0\.0\.1:9 cannot be reached: .*ECONNREFUSED.*Is it running/,
    );
  });

  test("wiping leaves nothing but design documents, in the databases that were named", async ({ expect }) => {
    const names = freshNames();
    const store = await testStore(server(), { names });
    await store.entities.put(anAction(), undefined, "none");
    await store.subjects.put(aSubject());
    const operations = couchOperations({ server: { url: server().url, ...COUCH_ACCOUNT }, names });
    onTestFinished(() => operations.close());
    await store.close();

    await operations.wipe(["whisks"]);

    expect((await operations.inspect()).map(({ documents }) => documents)).toEqual([4, 2, 5]);
  });
});

describe.skipIf(unavailable !== undefined)("an action's code in CouchDB (needs pouchdb-server)", () => {
  const server = couchServer();
  const code = (n: number) => ({ bytes: new Uint8Array(100_000).fill(n) });

  test("is written in one revision with the action, not in a second one", async ({ expect }) => {
    const store = await testStore(server());
    const { rev } = await store.entities.put(anAction(), undefined, code(1));
    expect(rev).toMatch(/^1-/);
    expect((await store.entities.put(anAction(), rev, code(2))).rev).toMatch(/^2-/);
  });

  test("is one attachment at most, as upstream insists: the old one goes with the new", async ({ expect }) => {
    const names = freshNames();
    const store = await testStore(server(), { names });
    const client = couchClient({ url: server().url, ...COUCH_ACCOUNT });
    onTestFinished(() => client.close());
    const attachments = async () => {
      const found = (await client.json({ method: "GET", path: `/${names.whisks}/guest%2Fhello` })) as JsonObject;
      return Object.keys((found["_attachments"] ?? {}) as JsonObject).length;
    };
    const first = await store.entities.put(anAction(), undefined, code(1));
    const second = await store.entities.put(anAction(), first.rev, code(2));
    expect(await attachments()).toBe(1);
    const third = await store.entities.put(anAction(), second.rev, "keep");
    expect(await attachments()).toBe(1);
    expect(await store.entities.getCode(third.id, third.rev)).toEqual(code(2).bytes);
    await store.entities.put(anAction(), third.rev, { bytes: new Uint8Array(3) });
    expect(await attachments()).toBe(0);
  });

  test("that upstream attached in a second write is read as ours is", async ({ expect }) => {
    const names = freshNames();
    const store = await testStore(server(), { names });
    const client = couchClient({ url: server().url, ...COUCH_ACCOUNT });
    onTestFinished(() => client.close());
    const name = "7b3b1f60-9c1f-4f0c-bb1f-609c1f4f0c11";
    const attachmentType = "text/plain; charset=UTF-8";
    const body = {
      ...{ entityType: "action", namespace: "guest", name: "theirs", version: "0.0.1", publish: false },
      ...{ annotations: [], parameters: [], updated: 5 },
      exec: { kind: "nodejs:20", binary: false, code: { attachmentName: `couch:${name}`, attachmentType } },
    };
    const path = `/${names.whisks}/guest%2Ftheirs`;
    const { rev } = (await client.json({ method: "PUT", path, body })) as { rev: string };
    const text = `function main() {} // ${"x".repeat(20_000)}`;
    const authorization = `Basic ${Buffer.from(`${COUCH_ACCOUNT.username}:${COUCH_ACCOUNT.password}`).toString("base64")}`;
    const headers = { authorization, "content-type": attachmentType };
    const answer = await fetch(`${server().url}${path}/${name}?rev=${rev}`, { method: "PUT", headers, body: text });
    expect(answer.status).toBe(201);

    const found = await store.entities.get("guest/theirs");
    const bytes = await store.entities.getCode("guest/theirs", found?.rev ?? "");
    expect(Buffer.from(bytes ?? []).toString()).toBe(text);
  });
});

describe.skipIf(unavailable !== undefined)("what others change in CouchDB (needs pouchdb-server)", () => {
  const server = couchServer();

  /** What a store is told, and a wait for as many of it. */
  function heard(store: { onForeignChange(listener: (change: Change) => void): () => void }) {
    const changes: Change[] = [];
    const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
    store.onForeignChange((change) => {
      changes.push(change);
      for (const { count, resolve } of waiting) if (changes.length >= count) resolve();
    });
    const until = (count: number) =>
      new Promise<void>((resolve) => {
        if (changes.length >= count) resolve();
        else waiting.push({ count, resolve });
      });
    return { changes, until };
  }

  test("is told to every other process, and what it does itself is not", async ({ expect }) => {
    const names = freshNames();
    const [ours, theirs] = [await testStore(server(), { names }), await testStore(server(), { names })];
    const [our, their] = [heard(ours), heard(theirs)];

    const { id, rev } = await theirs.entities.put(anAction(), undefined, "none");
    await our.until(1);
    await theirs.entities.delete(id, rev);
    await our.until(2);
    await theirs.subjects.put(aSubject());
    await our.until(3);
    await theirs.subjects.putLimits("guest", { firesPerMinute: 1 });
    await our.until(4);
    await ours.entities.put(anAction({ name: "last" as EntityName }), undefined, "none");
    await their.until(2); // its own deletion, and ours

    expect(our.changes).toEqual([
      { kind: "entity", id: "guest/hello" },
      { kind: "entity", id: "guest/hello" },
      { kind: "subject", subject: "guest" },
      { kind: "limits", namespace: "guest" },
    ]);
    expect(their.changes).toEqual([
      { kind: "entity", id: "guest/hello" },
      { kind: "entity", id: "guest/last" },
    ]);
  });

  test("while the connection was lost is told when it is there again", async ({ expect }) => {
    const names = freshNames();
    const reports: string[] = [];
    const lost = Promise.withResolvers<void>();
    const report = (line: string): void => {
      reports.push(line);
      if (reports.length === 2) lost.resolve();
    };
    const store = await testStore(server(), { names, report });
    const { changes, until } = heard(store);
    await server().kill();
    await lost.promise;
    expect(reports).toEqual(
      expect.arrayContaining([expect.stringContaining(`Changes in ${names.whisks} go unnoticed for now`)]),
    );
    await server().start();
    const other = await testStore(server(), { names });
    await other.entities.put(anAction(), undefined, "none");
    await until(1);

    expect(changes).toEqual([{ kind: "entity", id: "guest/hello" }]);
  });

  test("is what a reader then reads, and a record of one id stays the first", async ({ expect }) => {
    const names = freshNames();
    const [ours, theirs] = [await testStore(server(), { names }), await testStore(server(), { names })];
    const record = anActivation();
    await ours.records.write([record]);
    await theirs.records.write([{ ...record, name: "second" }]);

    expect(await theirs.records.get("guest", record.activationId)).toEqual(record);
    expect(await theirs.records.known([record, anActivation()])).toEqual(new Set([`guest/${record.activationId}`]));
  });
});
