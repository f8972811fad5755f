import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Conflict, InternalError, ServiceUnavailable } from "@meringue/core";
import { anAction, anActivation } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { couchEntityStore } from "../couch-entity-store.ts";
import { couchRecordWriter } from "../couch-record-writer.ts";
import { couchSubjectStore } from "../couch-subject-store.ts";
import { ownWrites } from "../own-writes.ts";
import { couchClient } from "./couch-client.ts";
import { couchDatabase } from "./couch-database.ts";

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A CouchDB that answers as a test says. */
async function fakeCouch(answer: Answer) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void request.toArray().then((chunks) => answer(request, Buffer.concat(chunks as Buffer[]).toString(), response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = couchClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  const database = couchDatabase(client, "db");
  const entities = couchEntityStore({ database, isAttached: () => true, own: ownWrites() });
  return { database, entities, subjects: couchSubjectStore(database, ownWrites()), requests };
}

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};

describe("what CouchDB answers", () => {
  test.for([
    [500, { error: "internal_server_error", reason: "boom" }, ServiceUnavailable],
    [503, { error: "service_unavailable" }, ServiceUnavailable],
    [401, { error: "unauthorized", reason: "Name or password is incorrect." }, ServiceUnavailable],
    [404, { error: "not_found", reason: "Database does not exist." }, InternalError],
    [404, { error: "not_found", reason: "no_db_file" }, InternalError],
    [400, { error: "bad_request" }, InternalError],
  ] as const)("%i %j is no absence, but an error that fits", async ([status, body, kind], { expect }) => {
    const { entities } = await fakeCouch((_, __, response) => json(response, status, body));

    await expect(entities.get("guest/hello")).rejects.toThrow(kind);
    await expect(entities.put(anAction(), undefined, "none")).rejects.toThrow(kind);
    await expect(entities.list({ type: "action", path: "guest" }, { skip: 0, limit: 1 })).rejects.toThrow(kind);
  });

  test("404 for a document is an absence, for a view it is not", async ({ expect }) => {
    const missing = { error: "not_found", reason: "missing" };
    const { entities } = await fakeCouch((_, __, response) => json(response, 404, missing));

    expect(await entities.get("guest/hello")).toBeUndefined();
    await expect(entities.count({ type: "action", path: "guest" })).rejects.toThrow(InternalError);
  });

  test("something that is no JSON is an error, whoever sends it", async ({ expect }) => {
    const { entities } = await fakeCouch((_, __, response) => response.end("<html>login</html>"));

    await expect(entities.get("guest/hello")).rejects.toThrow(ServiceUnavailable);
  });

  test("a connection that is lost is made again for what may happen twice, and not for a write", async ({ expect }) => {
    let failures = 1;
    const { entities, requests } = await fakeCouch((request, _, response) => {
      if (failures-- > 0) request.socket.destroy();
      else json(response, 404, { error: "not_found", reason: "missing" });
    });
    expect(await entities.get("guest/hello")).toBeUndefined();
    expect(requests).toEqual(["GET /db/guest%2Fhello", "GET /db/guest%2Fhello"]);

    failures = 1;
    await expect(entities.put(anAction(), undefined, "none")).rejects.toThrow(ServiceUnavailable);
    expect(requests).toHaveLength(3);
  });

  test("a subject's write that others keep overtaking is given up as a conflict", async ({ expect }) => {
    const { subjects, requests } = await fakeCouch((request, _, response) => {
      if (request.method === "PUT") json(response, 409, { error: "conflict" });
      else json(response, 200, { _id: "guest/limits", _rev: `1-${"a".repeat(32)}` });
    });

    await expect(subjects.putLimits("guest", {})).rejects.toThrow(Conflict);
    expect(requests.filter((each) => each.startsWith("PUT"))).toHaveLength(10);
  });
});

describe("records for CouchDB", () => {
  const outcomes = (body: string) =>
    (JSON.parse(body) as { docs: { _id: string }[] }).docs.map(({ _id }) => ({ id: _id, ok: true }));

  test("go in requests of 500, one after the other", async ({ expect }) => {
    const sizes: number[] = [];
    let running = 0;
    const { database } = await fakeCouch((_, body, response) => {
      expect(++running).toBe(1);
      sizes.push(outcomes(body).length);
      setImmediate(() => {
        running--;
        response.writeHead(201).end(JSON.stringify(outcomes(body)));
      });
    });
    const records = Array.from({ length: 1200 }, () => anActivation());
    await couchRecordWriter(database, () => undefined).write(records);

    expect(sizes).toEqual([500, 500, 200]);
  });

  test("are cut into requests by their size too", async ({ expect }) => {
    const sizes: number[] = [];
    const { database } = await fakeCouch((_, body, response) => {
      sizes.push(body.length);
      response.writeHead(201).end(JSON.stringify(outcomes(body)));
    });
    const records = Array.from({ length: 10 }, () => anActivation({ logs: ["x".repeat(1_000_000)] }));
    await couchRecordWriter(database, () => undefined).write(records);

    expect(sizes).toHaveLength(3);
    for (const bytes of sizes) expect(bytes).toBeLessThan(4_500_000);
  });

  test("that fail in the middle of a request can be given again", async ({ expect }) => {
    let broken = true;
    const { database } = await fakeCouch((_, body, response) => {
      const answers = outcomes(body).map((each, i) => {
        if (broken && i === 1) return { id: each.id, error: "internal_server_error", reason: "boom" };
        return !broken && i === 0 ? { id: each.id, error: "conflict", reason: "Document update conflict." } : each;
      });
      response.writeHead(201).end(JSON.stringify(answers));
    });
    const writer = couchRecordWriter(database, () => undefined);
    const records = [anActivation(), anActivation()];
    await expect(writer.write(records)).rejects.toThrow(`${records[1]?.activationId}: boom`);

    broken = false;
    await writer.write(records);
  });

  test("that are too large for the database are shortened, and their neighbours are not", async ({ expect }) => {
    const kept: { _id: string; logs: string[] }[] = [];
    const { database } = await fakeCouch((_, body, response) => {
      const { docs } = JSON.parse(body) as { docs: { _id: string; logs: string[] }[] };
      if (docs.some((doc) => JSON.stringify(doc).length > 8_000_000)) {
        return json(response, 413, { error: "document_too_large", reason: docs[0]?._id });
      }
      kept.push(...docs);
      response.writeHead(201).end(JSON.stringify(outcomes(body)));
    });
    const reports: string[] = [];
    const large = anActivation({ logs: Array.from({ length: 90 }, () => "x".repeat(100_000)) });
    const small = anActivation();
    await couchRecordWriter(database, (line) => reports.push(line)).write([large, small]);

    expect(kept.map(({ _id }) => _id)).toEqual([`guest/${large.activationId}`, `guest/${small.activationId}`]);
    expect(kept[0]?.logs.at(-1)).toMatch(/^Logs were cut/);
    expect(kept[0]?.logs.length).toBeGreaterThan(70);
    expect(reports).toEqual([expect.stringContaining(large.activationId)]);
  });

  test("that are no JSON to the database are mended, so that nobody can hold up what comes after", async ({
    expect,
  }) => {
    const kept: { response: { result: unknown }; logs: string[] }[] = [];
    const { database } = await fakeCouch((_, body, response) => {
      if (/[^\\]\\ud[89a-f]/.test(body))
        return json(response, 400, { error: "bad_request", reason: "invalid UTF-8 JSON" });
      kept.push(...(JSON.parse(body) as { docs: typeof kept }).docs);
      response.writeHead(201).end(JSON.stringify(outcomes(body)));
    });
    const half = String.fromCharCode(0xd800);
    const odd = anActivation({
      logs: [`a${half}`],
      response: { statusCode: 0, result: { [`k${half}`]: [half, "\\ud800"] } },
    });
    await couchRecordWriter(database, () => undefined).write([odd, anActivation()]);

    expect(kept).toHaveLength(2);
    expect(kept[0]).toMatchObject({ logs: ["a\ufffd"], response: { result: { "k\ufffd": ["\ufffd", "\\ud800"] } } });
  });

  test("that are refused in every form are an error, to be tried again", async ({ expect }) => {
    const { database, requests } = await fakeCouch((_, __, response) => json(response, 400, { error: "bad_request" }));
    await expect(couchRecordWriter(database, () => undefined).write([anActivation()])).rejects.toThrow("400");
    expect(requests).toHaveLength(5);
  });
});
