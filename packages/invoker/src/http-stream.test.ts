import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, onTestFinished, test } from "vitest";
import { streamedAnswer } from "./answer-stream.ts";
import { httpClient } from "./http-client.ts";
import { WINDOW_BYTES } from "./paced-bytes.ts";

const A = "a".repeat(32);
const LIMITS = { maxBytes: 1_000, truncationBytes: 1_000 };
const HEAD = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
const LINES = `${HEAD}Content-Type: application/vnd.meringue.answer-lines\r\nKeep-Alive: timeout=60\r\n\r\n`;
const END = "0\r\n\r\n";

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const line = (status: number, text: string): string => chunk(`${status} ${A} ${text}\n`);

/** A container whose connections the test plays itself. */
async function container() {
  const sockets: Socket[] = [];
  const arrived: (() => void)[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.on("data", () => arrived.shift()?.());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = httpClient({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  onTestFinished(() => {
    client.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    client,
    sockets,
    /** Runs something that may stream; resolves when the request has come. */
    async run() {
      const asked = new Promise<void>((resolve) => arrived.push(resolve));
      const streamed = streamedAnswer(undefined);
      const answer = streamed.run(client, A, "{}", 10_000, LIMITS);
      void answer.then(streamed.close);
      await asked;
      return { answer, stream: streamed.stream, socket: sockets.at(-1) as Socket };
    },
  };
}

describe("an answer that a container streams over HTTP", () => {
  test("is lines of the launcher protocol, wherever they are cut, and leaves a connection that can be used again", async ({
    expect,
  }) => {
    const { run, sockets } = await container();
    const { socket, stream, answer } = await run();
    const text =
      LINES + line(100, '{"statusCode":201}') + line(102, '"one"') + line(103, '"Mg=="') + line(200, "{}") + END;
    for (let at = 0; at < text.length; at += 7) socket.write(text.slice(at, at + 7));
    const given = await stream;
    expect(given?.head).toEqual({ statusCode: 201 });
    let all = "";
    for await (const piece of given?.chunks ?? []) all += Buffer.from(piece).toString();
    expect(all).toBe("one2");
    expect(await answer).toMatchObject({ status: 200, sizeBytes: 4 });

    const again = await run();
    again.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"body":1}');
    expect(await again.answer).toEqual({ kind: "answered", status: 200, body: '{"body":1}' });
    expect(await again.stream).toBeUndefined();
    expect(sockets).toHaveLength(1);
  });

  test("is not read faster than somebody takes it", async ({ expect }) => {
    const { run } = await container();
    const { socket, stream, answer } = await run();
    socket.write(LINES + line(100, "{}"));
    const given = await stream;
    const piece = line(102, JSON.stringify("x".repeat(32_768)));
    let count = 0;
    while (socket.write(piece) && count < 2_000) count++;
    while (count < 2_000 && (await Promise.race([once(socket, "drain"), silence()])) !== "silence") {
      while (socket.write(piece) && count < 2_000) count++;
    }
    expect(count).toBeLessThan(2_000); // the rest waits in the container
    let taken = 0;
    for await (const bytes of given?.chunks ?? []) {
      taken += bytes.length;
      if (taken > 4 * WINDOW_BYTES) break;
    }
    socket.end(line(200, "{}") + END);
    expect((await answer).kind).toBe("answered");
  });

  test("is told that nobody wants more by the end of our half of the connection", async ({ expect }) => {
    const { run, sockets } = await container();
    const { socket, stream, answer } = await run();
    socket.write(LINES + line(100, "{}"));
    const given = await stream;
    const ended = once(socket, "end");
    given?.cancel();
    await ended;
    socket.write(line(102, '"dropped"') + line(200, "{}") + END);
    expect(await answer).toMatchObject({ status: 200, body: '{"body":""}' });
    const again = await run();
    expect(sockets).toHaveLength(2); // the first is of no more use
    again.socket.destroy();
    expect(await again.answer).toEqual({ kind: "lost" });
  });

  test.for([
    ["its connection breaks", (socket: Socket) => void socket.destroy()],
    ["it ends without an answer", (socket: Socket) => void socket.end(END)],
    ["it has a line of another run", (socket: Socket) => void socket.write(chunk(`102 ${"b".repeat(32)} "x"\n`))],
    ["it has two heads", (socket: Socket) => void socket.write(line(100, "{}"))],
    ["it goes on after its answer", (socket: Socket) => void socket.write(line(200, "{}") + line(102, '"x"'))],
  ] as [string, (socket: Socket) => void][])("is lost when %s", async ([, spoil], { expect }) => {
    const { run } = await container();
    const { socket, stream, answer } = await run();
    socket.write(LINES + line(100, "{}"));
    const chunks = (await stream)?.chunks[Symbol.asyncIterator]();
    const next = chunks?.next();
    spoil(socket);
    expect(await answer).toEqual({ kind: "lost" });
    expect((await next)?.done).toBe(true);
  });

  test("is no stream where none was asked for", async ({ expect }) => {
    const { client, sockets } = await container();
    const answer = client.run(A, "{}", 10_000, LIMITS);
    await expect.poll(() => sockets.length).toBe(1);
    const text = line(100, "{}") + line(200, "{}");
    sockets[0]?.write(LINES + text + END);
    expect(await answer).toMatchObject({ kind: "answered", body: expect.stringMatching(/^100 /) as string });
  });
});

function silence(): Promise<"silence"> {
  return new Promise((resolve) => setTimeout(resolve, 200, "silence"));
}
