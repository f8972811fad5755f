import { ServiceUnavailable } from "@meringue/core";
import { COUCH_ACCOUNT, couchServerUnavailable, startCouchServer } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { couchClient } from "./http/couch-client.ts";
import { invokerNumber } from "./invoker-numbers.ts";

const why = couchServerUnavailable();

describe.skipIf(why !== undefined)("the numbers of invokers (needs pouchdb-server)", () => {
  test("are each one's own, the lowest that are free, and stay", async ({ expect }) => {
    const couch = await startCouchServer({ inMemory: true });
    onTestFinished(() => couch.stop());
    const server = { url: couch.url, ...COUCH_ACCOUNT };
    const client = couchClient(server);
    onTestFinished(() => client.close());
    await client.json({ method: "PUT", path: "/numbers" });

    const names = ["a", "b", "c", "d", "e"];
    const given = await Promise.all(names.map((name) => invokerNumber(server, "numbers", name)));
    expect(given.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
    expect(await Promise.all(names.map((name) => invokerNumber(server, "numbers", name)))).toEqual(given);
    expect(await client.json({ method: "GET", path: "/numbers/_all_docs" })).toMatchObject({ rows: [] });
  });

  test("cannot be had while CouchDB is away", async ({ expect }) => {
    const server = { url: "http://127.0.0.1:1" };
    await expect(invokerNumber(server, "numbers", "a")).rejects.toThrow(ServiceUnavailable);
  });
});
