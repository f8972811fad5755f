import { once } from "node:events";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { ActivationResponse } from "@meringue/core";
import { authenticator } from "@meringue/core";
import { anAction } from "@meringue/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { call } from "./call.ts";
import { basic, startWorld, type World } from "./world.ts";

const hello = "/api/v1/namespaces/_/actions/hello";
const open: { close(): Promise<unknown> }[] = [];

async function world(...args: Parameters<typeof startWorld>): Promise<World> {
  const made = await startWorld(...args);
  open.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** An action that runs until it is told to end, and tells when it has begun. */
function held(w: World): { readonly begun: Promise<void>; end(): void } {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<ActivationResponse>();
  w.dispatcher.behave(() => {
    begun.resolve();
    return ended.promise;
  });
  return { begun: begun.promise, end: () => ended.resolve({ statusCode: 0, result: { done: true } }) };
}

describe("closing", () => {
  test("waits for the calls that run, and answers 503 meanwhile", async () => {
    const w = await startWorld();
    await w.store(anAction());
    const action = held(w);
    const authorization = basic(w.guest);
    const running = call(w.url, `${hello}?blocking=true&result=true`, { method: "POST", headers: { authorization } });
    await action.begun;
    const closed = w.close();

    const late = await call(w.url, "/ping");
    expect(late.status).toBe(503);
    expect(late.headers.connection).toBe("close");
    expect(late.json).toEqual({
      error: "The server is currently unavailable (because it is overloaded or down for maintenance).",
      code: late.headers["x-request-id"],
    });
    action.end();
    expect((await running).json).toEqual({ done: true });
    await closed;
  });
});

describe("a blocking call", () => {
  test("whose caller goes away leaves its activation running, and nothing waiting", async () => {
    const cancelled = Promise.withResolvers<void>();
    const w = await world({
      clock: {
        now: () => Date.now(),
        after: () => () => cancelled.resolve(),
      },
    });
    await w.store(anAction());
    const action = held(w);
    const outgoing = request(`${w.url}${hello}?blocking=true`, {
      method: "POST",
      headers: { authorization: basic(w.guest) },
    });
    outgoing.on("error", () => outgoing.destroy());
    outgoing.end();
    await action.begun;
    outgoing.destroy();
    await cancelled.promise;

    expect((await call(w.url, "/activation/count")).json).toBe(1);
    action.end();
    const id = w.dispatcher.messages[0]?.activationId ?? "";
    await expect.poll(async () => (await w.deps.activations.get("guest", id))?.response.result).toEqual({ done: true });
    expect((await call(w.url, "/activation/count")).json).toBe(0);
  });
});

describe("what is in flight", () => {
  test("is listed with its action and version until its result is there", async () => {
    const w = await world();
    await w.store(anAction({ version: "1.2.3" }));
    const action = held(w);
    await call(w.url, hello, { method: "POST", headers: { authorization: basic(w.guest) } });
    const id = w.dispatcher.messages[0]?.activationId;
    expect((await call(w.url, "/activation")).json).toEqual([[id, "guest/hello@1.2.3"]]);
    action.end();
    await expect.poll(async () => (await call(w.url, "/activation")).json).toEqual([]);
  });
});

describe("the entrance for containers", () => {
  async function entrance(w: World, namespace: string | undefined): Promise<string> {
    const server = createServer((incoming, outgoing) =>
      w.app.handle(incoming, outgoing, { via: "container", namespace }),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test("serves the same API, but a well-known key counts only for the container's own namespace", async () => {
    const w = await world();
    const wellKnown = authenticator({
      ...w,
      wellKnownUuids: new Set([w.guest.namespace.uuid]),
      wellKnownAllowed: true,
    });
    const tagged = await world({ authenticator: wellKnown });
    const authorization = basic(w.guest);
    const ask = async (url: string, auth = authorization) =>
      (await call(url, "/api/v1/namespaces", { headers: { authorization: auth } })).status;

    expect(await ask(tagged.url)).toBe(200);
    expect(await ask(await entrance(tagged, "guest"))).toBe(200);
    expect(await ask(await entrance(tagged, "other"))).toBe(401);
    expect(await ask(await entrance(tagged, undefined))).toBe(401);
    expect(await ask(await entrance(tagged, "guest"), basic(w.other))).toBe(200);
  });
});

describe("what is for operators", () => {
  const OPERATORS = ["/activation", "/activation/count", "/invokers", "/invokers/ready", "/disable"];

  test("is not there for containers", async () => {
    const w = await world();
    const server = createServer((incoming, outgoing) =>
      w.app.handle(incoming, outgoing, { via: "container", namespace: "guest" }),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    open.push({ close: () => new Promise((resolve) => server.close(resolve)) });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    for (const path of OPERATORS) {
      const method = path === "/disable" ? "POST" : "GET";
      expect((await call(url, path, { method })).status, path).toBe(404);
    }
  });

  test("is like any unknown path where the deployment does not serve it", async () => {
    const w = await world({ operatorRoutes: false });
    for (const path of OPERATORS) expect((await call(w.url, path)).status, path).toBe(405);
    expect((await call(w.url, "/ping")).status).toBe(200);
  });
});

describe("a request that is no HTTP", () => {
  test("is answered 400 with an error and a code", async () => {
    const w = await world();
    const socket = connect(w.port, "127.0.0.1");
    socket.end("rubbish\r\n\r\n");
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    await once(socket, "close");
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    const body = JSON.parse(text.slice(text.indexOf("\r\n\r\n"))) as { error: string; code: string };
    expect(body).toEqual({ error: expect.any(String), code: expect.stringMatching(/^\w{32}$/) });
  });
});

describe("the request log", () => {
  test("has one line a request, at debug level only", async () => {
    const w = await world();
    await call(w.url, "/ping", { headers: { "x-request-id": "mine" } });
    await expect.poll(() => w.logged).toHaveLength(1);
    expect(w.logged[0]).toMatchObject({
      level: "debug",
      fields: { transid: "mine", method: "GET", url: "/ping", status: 200 },
    });
  });
});

describe("warm invocations", () => {
  test("read neither the subject store nor the entity store, until something changes", async () => {
    const w = await world();
    await w.store(anAction());
    const reads: string[] = [];
    const { get } = w.entities;
    w.entities.get = (id) => {
      reads.push(id);
      return get(id);
    };
    const { findByKey } = w.subjects;
    w.subjects.findByKey = (uuid, key) => {
      reads.push(uuid);
      return findByKey(uuid, key);
    };
    const invoke = () =>
      call(w.url, `${hello}?blocking=true`, { method: "POST", headers: { authorization: basic(w.guest) } });
    await invoke();
    expect(reads).toEqual([w.guest.namespace.uuid, "guest/hello"]);
    await Promise.all([invoke(), invoke(), invoke()]);
    expect(reads).toHaveLength(2);
    w.changes.publish({ kind: "entity", id: "guest/hello" });
    await invoke();
    expect(reads.slice(2)).toEqual(["guest/hello"]);
    w.changes.publish({ kind: "limits", namespace: "guest" });
    await invoke();
    expect(reads.slice(3)).toEqual([w.guest.namespace.uuid]);
  });
});
