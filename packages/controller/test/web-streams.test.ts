import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import {
  type Activation,
  type ActivationMessage,
  type ActivationResponse,
  type Dispatcher,
  type JsonObject,
  UPSTREAM_LIMITS,
} from "@meringue/core";
import { describe, onTestFinished, test } from "vitest";
import { webAction } from "./web-cases.ts";
import { startWorld } from "./world.ts";

const OK: ActivationResponse = { statusCode: 0, result: {} };
const WEB = "/api/v1/web/guest/default/hello";

/** What came of a dispatch whose answer the test streams itself. */
interface Played {
  readonly dispatcher: Dispatcher;
  readonly messages: ActivationMessage[];
  /** How many items were asked for. */
  asked: number;
  cancelled: number;
}

/** @param items what is streamed; the record comes after the last */
function played(head: JsonObject, items: Iterable<string | Buffer>, response = OK, begins = Promise.resolve()): Played {
  const result = Promise.withResolvers<Activation>();
  const messages: ActivationMessage[] = [];
  const end = (): void => result.resolve({ response } as Activation);
  const state: Played = {
    messages,
    asked: 0,
    cancelled: 0,
    dispatcher: {
      async dispatch(message) {
        messages.push(message);
        const stream = {
          head,
          chunks: (async function* () {
            for (const item of items) {
              if (state.cancelled > 0) return;
              state.asked++;
              yield Buffer.from(item);
            }
            end();
          })(),
          cancel: () => {
            state.cancelled++;
            end();
          },
        };
        return { result: result.promise, stream: begins.then(() => stream) };
      },
    },
  };
  return state;
}

async function open(play: Played, path = WEB, headers: Record<string, string> = {}, blockingMs = 60_000) {
  const world = await startWorld({ dispatcher: play.dispatcher, limits: { ...UPSTREAM_LIMITS, blockingMs } });
  onTestFinished(() => world.close());
  await world.store(webAction({ stream: true }));
  const outgoing = request(`${world.url}${path}`, { agent: false, headers }).end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  response.on("error", () => undefined); // where it is broken off the test looks at `complete`
  return { response, world };
}

function closed(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => response.once("close", resolve));
}

describe("a web action's answer that is streamed", () => {
  test("has the headers of any web answer, but no length", async ({ expect }) => {
    const head = {
      statusCode: 203,
      headers: { "X-A": ["1", "2"], "Content-Length": "9", "Content-Type": "text/csv", "X-B\r\n": "x" },
    };
    const play = played(head, ["a", Buffer.from([0xff])]);
    const { response } = await open(play);
    expect(await buffer(response)).toEqual(Buffer.from([0x61, 0xff]));
    expect(response.statusCode).toBe(203);
    expect(response.rawHeaders.map((name) => name.toLowerCase())).not.toContain("content-length");
    expect(response.headers).toMatchObject({
      "x-a": "1, 2",
      "content-type": "text/csv; charset=UTF-8",
      "x-accel-buffering": "no",
      "access-control-allow-origin": "*",
      "x-openwhisk-activation-id": play.messages[0]?.activationId,
      "x-request-id": expect.any(String) as string,
    });
  });

  test("is text/html unless the action says otherwise, like any text", async ({ expect }) => {
    const { response } = await open(played({}, ["x"]));
    expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "text/html; charset=UTF-8"]);
    response.resume();
  });

  test.for([
    [`${WEB}.http`, true],
    [WEB, true],
    [`${WEB}.json`, undefined],
    [`${WEB}.text`, undefined],
    [`${WEB}.html`, undefined],
    [`${WEB}.svg`, undefined],
  ] as const)("is asked for by .http only: %s", async ([path, streamed], { expect }) => {
    const play = played({}, ["x"]);
    const { response } = await open(play, path);
    response.resume();
    expect(play.messages[0]?.streamed).toBe(streamed);
  });

  test("is broken off when the record says that it failed", async ({ expect }) => {
    const { response } = await open(played({}, ["part"], { statusCode: 1, result: { error: "x" } }));
    const got: Buffer[] = [];
    response.on("data", (chunk: Buffer) => got.push(chunk));
    await closed(response);
    expect([Buffer.concat(got).toString(), response.complete]).toEqual(["part", false]);
  });

  test.for([
    ["its status is none", { statusCode: 700 }, {}, 400],
    ["its headers are none", { headers: { a: { b: 1 } } }, {}, 400],
    ["its type is none", { headers: { "content-type": "nonsense" } }, {}, 400],
    ["the caller does not accept its type", {}, { accept: "image/png" }, 406],
  ] as [string, JsonObject, Record<string, string>, number][])(
    "is refused, and stopped before its first item, when %s",
    async ([, head, headers, status], { expect }) => {
      const play = played(head, ["x"]);
      const { response } = await open(play, WEB, headers);
      response.resume();
      expect([response.statusCode, play.asked, play.cancelled]).toEqual([status, 0, 1]);
    },
  );

  test("stops when the caller goes away, and is asked for no more than it takes", async ({ expect }) => {
    const endless = {
      [Symbol.iterator]: () => ({ next: () => ({ done: false, value: Buffer.alloc(65_536) }) as const }),
    };
    const play = played({}, endless);
    const { response } = await open(play);
    response.pause();
    let before = -1;
    while (before !== play.asked) {
      before = play.asked;
      await new Promise((resolve) => setTimeout(resolve, 100)); // nothing more happens
    }
    expect(play.asked * 65_536).toBeLessThan(24 * 1024 * 1024);
    response.destroy();
    await expect.poll(() => play.cancelled).toBeGreaterThan(0);
  });

  test("whose head does not come in time is answered 202, and taken for the record", async ({ expect }) => {
    const begins = Promise.withResolvers<void>();
    const play = played({}, ["a", "b"], OK, begins.promise);
    const { response } = await open(play, WEB, {}, 20);
    response.resume();
    expect(response.statusCode).toBe(202);
    begins.resolve();
    await expect.poll(() => [play.asked, play.cancelled]).toEqual([2, 0]);
  });
});
