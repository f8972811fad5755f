import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, onTestFinished, test } from "vitest";
import { boundConnections } from "./bound-connections.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";

/** A server whose answers are given when the test says so. */
async function aServer(max: number) {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => void waiting.push(response));
  boundConnections(server, max);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    waiting,
    /** A connection that the server has seen. */
    async client(): Promise<Socket> {
      const seen = once(server, "connection");
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => undefined); // a reset is an end as well
      await seen;
      return socket;
    },
    /** Sends a request, and waits until the server has it. */
    async ask(socket: Socket): Promise<void> {
      const asked = once(server, "request");
      socket.write(REQUEST);
      await asked;
    },
  };
}

describe("bounded connections", () => {
  test("at the bound, the one that is idle for longest makes room", async ({ expect }) => {
    const { client } = await aServer(2);
    const [first, second] = [await client(), await client()];
    const closed = once(first, "close");
    const third = await client();
    await closed;

    expect([first.destroyed, second.destroyed, third.destroyed]).toEqual([true, false, false]);
  });

  test("one that waits for an answer is not idle; one that got it is", async ({ expect }) => {
    const { client, ask, waiting } = await aServer(2);
    const [busy, idle] = [await client(), await client()];
    await ask(busy);
    const closed = once(idle, "close");
    const third = await client();
    await closed;
    expect([busy.destroyed, third.destroyed]).toEqual([false, false]);

    waiting[0]?.end("done");
    await once(busy, "data");
    await ask(third);
    const done = once(busy, "close");
    await client();
    await done;
    expect(third.destroyed).toBe(false);
  });

  test("where every one is at work, the new one is closed", async ({ expect }) => {
    const { client, ask } = await aServer(1);
    const busy = await client();
    await ask(busy);
    const refused = await client();
    await once(refused, "close");

    expect(busy.destroyed).toBe(false);
  });
});
