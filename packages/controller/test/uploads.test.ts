import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webAction } from "./web-cases.ts";
import { basic, startWorld, type World } from "./world.ts";

const LIMIT_BYTES = 1024 * 1024;
const TOO_LARGE = /^Request larger than allowed: \d+ > 1048576 bytes\.$/;

describe("the body of an invocation", () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
    await world.store(webAction({ "raw-http": true }));
  });
  afterAll(() => world.close());

  /** A request whose body the test sends bit by bit. */
  function post(path: string, headers: Readonly<Record<string, string>> = {}): ClientRequest {
    const outgoing = request(`${world.url}${path}`, { method: "POST", agent: false, headers });
    outgoing.on("error", () => undefined); // the server may close while the body is still being sent
    return outgoing;
  }
  async function answerTo(outgoing: ClientRequest): Promise<{ status: number | undefined; error: string }> {
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    const { error } = JSON.parse(await text(response)) as { error: string };
    return { status: response.statusCode, error };
  }

  const WEB = "/api/v1/web/guest/default/hello";
  const REST = "/api/v1/namespaces/_/actions/hello";
  const TRIGGER = "/api/v1/namespaces/_/triggers/any";

  test.for([WEB, REST, TRIGGER])("is refused before any of it is read when it announces too much: %s", async (path) => {
    const outgoing = post(path, { authorization: basic(world.guest), "content-length": String(LIMIT_BYTES + 1) });
    outgoing.flushHeaders();
    expect(await answerTo(outgoing)).toEqual({ status: 413, error: expect.stringMatching(TOO_LARGE) as string });
    outgoing.destroy();
  });

  test.for([WEB, REST, TRIGGER])("is refused as soon as too much has come, not at its end: %s", async (path) => {
    const outgoing = post(path, { authorization: basic(world.guest), "transfer-encoding": "chunked" });
    const answer = answerTo(outgoing);
    outgoing.write(Buffer.alloc(LIMIT_BYTES));
    outgoing.write("x"); // and it never ends
    expect(await answer).toEqual({ status: 413, error: expect.stringMatching(TOO_LARGE) as string });
    outgoing.destroy();
  });

  test("that waits for a word is not asked for when it would be refused", async () => {
    const outgoing = post(WEB, { expect: "100-continue", "content-length": String(LIMIT_BYTES + 1) });
    let asked = false;
    outgoing.on("continue", () => {
      asked = true;
    });
    outgoing.flushHeaders();
    expect([(await answerTo(outgoing)).status, asked]).toEqual([413, false]);
    outgoing.destroy();
  });

  test("that waits for a word gets it when somebody reads it", async () => {
    const { dispatcher } = world;
    dispatcher.messages.length = 0;
    const outgoing = post(`${WEB}.json`, {
      expect: "100-continue",
      "content-length": "3",
      "content-type": "text/plain",
    });
    outgoing.flushHeaders();
    await once(outgoing, "continue");
    outgoing.end("abc");
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(dispatcher.messages[0]?.args).toMatchObject({ __ow_body: "abc" });
  });

  test("of exactly the limit comes through whole, as base64 of what came in tiny pieces", async () => {
    const { dispatcher } = world;
    dispatcher.messages.length = 0;
    const bytes = Buffer.from(Array.from({ length: LIMIT_BYTES }, (_, at) => (at * 31) % 256));
    const outgoing = post(`${WEB}.json`, { "transfer-encoding": "chunked", "content-type": "image/png" });
    for (let at = 0; at < 3_000; at++) outgoing.write(bytes.subarray(at, at + 1));
    outgoing.end(bytes.subarray(3_000));
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    const { args } = dispatcher.messages[0] as { readonly args: unknown };
    expect(Buffer.from((args as { __ow_body: string }).__ow_body, "base64").equals(bytes)).toBe(true);
  });

  test("of many callers at a time arrives, whoever of them is slow", async () => {
    const { dispatcher } = world;
    dispatcher.messages.length = 0;
    const [first, second] = ["a".repeat(LIMIT_BYTES / 2), "b".repeat(LIMIT_BYTES / 2)] as const;
    const all = Array.from({ length: 50 }, () => post(`${WEB}.json`, { "content-type": "text/plain" }));
    const answers = all.map((outgoing) => once(outgoing, "response") as Promise<[IncomingMessage]>);
    for (const outgoing of all) outgoing.write(first);
    for (const outgoing of all.reverse()) outgoing.end(second);
    for (const [response] of await Promise.all(answers)) {
      response.resume();
      expect(response.statusCode).toBe(200);
    }
    expect(dispatcher.messages).toHaveLength(50);
    for (const message of dispatcher.messages) {
      expect((message.args as { __ow_body: string }).__ow_body === first + second).toBe(true);
    }
  });
});
