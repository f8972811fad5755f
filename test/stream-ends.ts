import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import { startServer } from "@meringue/testkit";
import { expect, test } from "vitest";
import { apiClient } from "./api-client.ts";
import { type StreamWorld, TOOLS } from "./stream-world.ts";

/** How a server under test is started. */
export interface StreamSettings {
  readonly flags: readonly string[];
  readonly maxStreamBytes: number;
}

/** How streams end, one way or another. Call it inside a `describe`. */
export function streamEnds(world: () => StreamWorld, { flags, maxStreamBytes }: StreamSettings): void {
  const deploy: StreamWorld["deploy"] = (...given) => world().deploy(...given);
  const open: StreamWorld["open"] = (...given) => world().open(...given);
  const recordOf: StreamWorld["recordOf"] = (id) => world().recordOf(id);

  test("an error after the head breaks the connection off, and the record has it", async () => {
    await deploy(
      "failing",
      `async function* broken() {
        yield "part";
        await sleep(20);
        if (args.how === "exit") process.exit(1);
        if (args.how === "item") yield 7;
        throw new Error("no more");
      }
      return { body: broken() };`,
    );
    const expected = {
      throw: ["application error", "no more"],
      item: ["application error", "texts and bytes"],
      exit: ["action developer error", "exited unexpectedly"],
    };
    for (const [how, [status = "", text = ""]] of Object.entries(expected)) {
      const { response, id } = await open(`failing?how=${how}`);
      const got: Buffer[] = [];
      response.on("data", (chunk: Buffer) => got.push(chunk));
      await closed(response);
      expect([how, Buffer.concat(got).toString(), response.complete]).toEqual([how, "part", false]);
      const record = await recordOf(id);
      expect(record.response).toMatchObject({ success: false, status });
      expect(JSON.stringify(record.response.result)).toContain(text);
    }
  });

  test("in HTTP/1.0, whose bodies end with the connection, a part is told from the whole too", async () => {
    await deploy(
      "old",
      'return { body: (async function* () { yield "part"; if (args.fail) throw new Error("no"); })() };',
    );
    const ask = async (query: string): Promise<string> => {
      const socket = connect(Number(new URL(world().server.url).port), "127.0.0.1");
      socket.write(`GET /api/v1/web/guest/default/old${query} HTTP/1.0\r\n\r\n`);
      return (await buffer(socket).catch((error: NodeJS.ErrnoException) => `broken: ${error.code}`)).toString();
    };
    expect(await ask("")).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\npart$/s);
    expect(await ask("?fail=1")).toBe("broken: ECONNRESET");
  });

  test("an error before the head is answered like any other", async () => {
    await deploy(
      "early",
      'if (args.how === "reject") throw { statusCode: 418, body: "teapot" }; return { statusCode: 999, body: items(1, "x") };',
    );
    const rejected = await open("early?how=reject");
    expect([rejected.response.statusCode, String(await buffer(rejected.response))]).toEqual([418, "teapot"]);
    const senseless = await open("early");
    expect(senseless.response.statusCode).toBe(400);
    expect((await recordOf(senseless.id)).response.success).toBe(true);
  });

  test("the action's time limit ends a stream", async () => {
    await deploy("hasty", 'return { body: items(1e9, "x", 20) };', { limits: { timeout: 2_000 } });
    const { response, id } = await open("hasty");
    expect(response.statusCode).toBe(200);
    response.resume();
    await closed(response);
    expect(response.complete).toBe(false);
    expect((await recordOf(id)).response).toMatchObject({
      status: "action developer error",
      result: { error: "The action exceeded its time limits of 2000 milliseconds." },
    });
  });

  test("no more than the deployment allows is streamed", { timeout: 30_000 }, async () => {
    await deploy("huge", "return { body: items(1e9, Buffer.alloc(2 ** 20), 0) };");
    const { response, id } = await open("huge");
    let got = 0;
    response.on("data", (chunk: Buffer) => (got += chunk.length));
    await closed(response);
    expect([response.complete, got <= maxStreamBytes]).toEqual([false, true]);
    expect((await recordOf(id)).response).toMatchObject({
      status: "application error",
      result: { error: `The action streamed more than the allowed ${maxStreamBytes} bytes.` },
      size: expect.any(Number) as number,
    });
  });

  test("a server that is told to stop lets a stream end first", { timeout: 40_000 }, async () => {
    await using other = await startServer({ flags });
    const client = apiClient(other.url, other.guestKey);
    const annotations = [
      { key: "web-export", value: true },
      { key: "stream", value: true },
    ];
    const code = `${TOOLS} function main() { return { body: items(30, "x", 50) }; }`;
    await client.call("PUT", "actions/last", { exec: { kind: "nodejs:default", code }, annotations });
    const outgoing = request(`${other.url}/api/v1/web/guest/default/last`, { agent: false }).end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    await once(response, "data");
    const stopped = other.stop();
    expect(String(await buffer(response))).toMatch(/^x+$/);
    expect(response.complete).toBe(true);
    expect(await stopped).toBe(0);
  });
}

/** Whether it ended or was broken off. */
function closed(response: IncomingMessage): Promise<void> {
  return new Promise((resolve) => response.once("close", resolve));
}
