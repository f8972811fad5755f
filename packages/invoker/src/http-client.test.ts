import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, onTestFinished, test } from "vitest";
import type { ActionClient } from "./answer.ts";
import { httpClient } from "./http-client.ts";

const limits = { maxBytes: 1000, truncationBytes: 10 };
const HEAD = "HTTP/1.1 200 OK\r\n";
const reply = (body: string, headers = "") =>
  `${HEAD}${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

interface Peer {
  readonly client: ActionClient;
  /** Every request that came, whole. */
  readonly requests: string[];
  readonly sockets: Socket[];
}

/** What a peer does with a whole request; `count` is how many came before on all its connections. */
type Answer = (socket: Socket, count: number) => void;

async function aPeer(answer: Answer): Promise<Peer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const [, head, length] = /^(.*?Content-Length: (\d+)\r\n\r\n)/s.exec(text) ?? [];
      if (head === undefined || Buffer.byteLength(text) < head.length + Number(length)) return;
      requests.push(text);
      text = "";
      answer(socket, requests.length - 1);
    });
  });
  const port = await listening(server);
  return { client: aClient({ host: "127.0.0.1", port }), requests, sockets };
}

function aClient(address: Parameters<typeof httpClient>[0]): ActionClient {
  const client = httpClient(address);
  onTestFinished(() => client.close());
  return client;
}

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const run = (client: ActionClient, body = "{}", timeoutMs = 10_000) => client.run("x", body, timeoutMs, limits);

/** Until the peer has seen that a connection is closed; then the client has, too. */
async function closed(socket: Socket | undefined): Promise<void> {
  if (socket === undefined || socket.destroyed) return;
  await new Promise((resolve) => socket.once("close", resolve));
}

describe("an HTTP client of an action", () => {
  test("posts what it is given, over one connection that it keeps", async ({ expect }) => {
    const { client, requests, sockets } = await aPeer((socket) => void socket.write(reply('{"ok":"é"}')));

    const answered = { kind: "answered", status: 200, body: '{"ok":"é"}' };
    expect(await client.init('{"code":"é"}', 1_000, limits)).toEqual(answered);
    expect(await run(client, '{"value":{}}')).toEqual(answered);
    expect(requests).toEqual([
      "POST /init HTTP/1.1\r\nHost: action\r\nContent-Type: application/json\r\nAccept: application/json\r\n" +
        'Content-Length: 23\r\n\r\n{"value":{"code":"é"}}',
      "POST /run HTTP/1.1\r\nHost: action\r\nContent-Type: application/json\r\nAccept: application/json\r\n" +
        'Content-Length: 12\r\n\r\n{"value":{}}',
    ]);
    expect(sockets.length).toBe(1);
  });

  test("uses a connection for each of two runs at a time", async ({ expect }) => {
    const waiting: Socket[] = [];
    const { client, sockets } = await aPeer((socket) => {
      waiting.push(socket);
      if (waiting.length === 2) for (const [index, each] of waiting.entries()) each.write(reply(`{"n":${index}}`));
    });

    const answers = await Promise.all([run(client), run(client)]);
    const bodies = answers.map((answer) => answer.kind === "answered" && answer.body);
    expect(new Set(bodies)).toEqual(new Set(['{"n":0}', '{"n":1}']));
    expect(sockets.length).toBe(2);
  });

  test.for([
    ["in chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`, 1],
    ["after an interim answer", `HTTP/1.1 100 Continue\r\n\r\n${reply("{}")}`, 1],
    ["with the word that it closes", reply("{}", "Connection: close\r\n"), 2],
    ["with the word that it keeps the connection for a second", reply("{}", "Keep-Alive: timeout=1\r\n"), 2],
    ["with the word that it keeps the connection for a minute", reply("{}", "Keep-Alive: timeout=60\r\n"), 1],
  ] as const)("understands an answer %s", async ([, text, connections], { expect }) => {
    const { client, sockets } = await aPeer((socket) => void socket.write(text));

    for (let i = 0; i < 2; i++) expect(await run(client)).toEqual({ kind: "answered", status: 200, body: "{}" });
    expect(sockets.length).toBe(connections);
  });

  test("takes an answer without a length up to the end of the connection", async ({ expect }) => {
    const { client, sockets } = await aPeer((socket) => void socket.end(`${HEAD}\r\n{"a":1}`));

    for (let i = 0; i < 2; i++) expect(await run(client)).toEqual({ kind: "answered", status: 200, body: '{"a":1}' });
    expect(sockets.length).toBe(2);
  });

  test("takes a status without content, and goes on", async ({ expect }) => {
    const { client, sockets } = await aPeer((socket) => void socket.write("HTTP/1.1 204 No Content\r\n\r\n"));

    for (let i = 0; i < 2; i++) expect(await run(client)).toEqual({ kind: "answered", status: 204, body: "" });
    expect(sockets.length).toBe(1);
  });

  test("keeps no more of an answer than it may", async ({ expect }) => {
    const { client } = await aPeer((socket) => void socket.write(reply("x".repeat(100_000))));

    expect(await run(client)).toEqual({ kind: "too-long", status: 200, lengthBytes: 100_000, prefix: "x".repeat(10) });
  });

  test("notices that the peer closed an idle connection, and sends once, over a new one", async ({ expect }) => {
    const { client, requests, sockets } = await aPeer((socket, count) => void socket.write(reply(`{"n":${count}}`)));
    await run(client, '{"n":0}');
    sockets[0]?.end();
    await closed(sockets[0]);

    expect(await run(client, '{"n":1}')).toEqual({ kind: "answered", status: 200, body: '{"n":1}' });
    expect([requests.length, sockets.length]).toEqual([2, 2]);
  });

  test("drops a connection on which something came that nobody asked for", async ({ expect }) => {
    const { client, sockets } = await aPeer((socket, count) => void socket.write(reply(`{"n":${count}}`)));
    await run(client);
    sockets[0]?.write(reply('{"forged":true}'));
    await closed(sockets[0]);

    expect(await run(client)).toEqual({ kind: "answered", status: 200, body: '{"n":1}' });
  });

  test("gives its idle connections up when it is told to", async ({ expect }) => {
    const { client, sockets } = await aPeer((socket) => void socket.write(reply("{}")));
    await run(client);
    client.release();
    await closed(sockets[0]);

    expect((await run(client)).kind).toBe("answered");
  });

  test("that is closed answers what is under way, and nothing later, as lost", async ({ expect }) => {
    const { client, requests } = await aPeer(() => client.close());

    expect(await run(client)).toEqual({ kind: "lost" });
    expect(await run(client)).toEqual({ kind: "lost" });
    expect(await client.init("{}", 1_000, limits)).toEqual({ kind: "lost" });
    expect(requests.length).toBe(1);
  });
});

describe("a peer that", () => {
  test.for<[string, Answer]>([
    ["ends the connection in place of an answer", (socket) => void socket.end()],
    ["resets the connection", (socket) => void socket.resetAndDestroy()],
    ["ends its half in the middle of an answer", (socket) => void socket.end(`${HEAD}Content-Length: 10\r\n\r\n{`)],
    [
      "claims two lengths",
      (socket) => void socket.write(`${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`),
    ],
    ["speaks no HTTP", (socket) => void socket.write("What do you want?\r\n\r\n")],
    ["goes on after the end", (socket) => void socket.write(`${reply("{}")}${reply("{}")}`)],
    ["has a head without an end", (socket) => void socket.write(HEAD + "X-Y: z\r\n".repeat(10_000))],
  ])("%s loses the run, which is not sent again", async ([, answer], { expect }) => {
    const { client, requests, sockets } = await aPeer(answer);

    expect(await run(client)).toEqual({ kind: "lost" });
    await closed(sockets[0]);
    expect(requests.length).toBe(1);
  });

  test("says nothing is waited for as long as the run may take, and no longer", async ({ expect }) => {
    const { client, requests, sockets } = await aPeer(() => {});

    expect(await run(client, "{}", 20)).toEqual({ kind: "timed-out" });
    await closed(sockets[0]);
    expect(requests.length).toBe(1);
  });

  test("answers too late answers nobody else", async ({ expect }) => {
    const { client } = await aPeer((socket, count) => {
      if (count === 1) socket.write(reply('{"n":1}'));
    });
    expect(await run(client, "{}", 20)).toEqual({ kind: "timed-out" });

    expect(await run(client)).toEqual({ kind: "answered", status: 200, body: '{"n":1}' });
  });
});

describe("a container that does not listen yet", () => {
  const answering = () => createServer((socket) => void socket.on("data", () => socket.write(reply("{}"))));

  test("gets its init as soon as it does", async ({ expect }) => {
    const gone = createServer();
    const port = await listening(gone);
    await new Promise((resolve) => gone.close(resolve));
    const client = aClient({ host: "127.0.0.1", port });
    const init = client.init("{}", 10_000, limits);
    await run(client); // is refused by now, and so was the first try
    await listening(answering(), port);

    expect(await init).toEqual({ kind: "answered", status: 200, body: "{}" });
  });

  test("may listen on a socket of the file system", async ({ expect }) => {
    const folder = await mkdtemp(join(tmpdir(), "invoker-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "socket");
    const client = aClient({ path });
    const init = client.init("{}", 10_000, limits);
    expect(await run(client)).toEqual({ kind: "refused" });
    const server = answering().listen(path);
    onTestFinished(() => void server.close());

    expect(await init).toEqual({ kind: "answered", status: 200, body: "{}" });
  });

  test("refuses a run, which is not tried again", async ({ expect }) => {
    expect(await run(aClient({ path: "/nowhere/at/all" }))).toEqual({ kind: "refused" });
  });

  test("has as long for it as init may take", async ({ expect }) => {
    expect(await aClient({ path: "/nowhere/at/all" }).init("{}", 30, limits)).toEqual({ kind: "timed-out" });
  });

  test("is given up once its process has ended", async ({ expect }) => {
    const client = aClient({ path: "/nowhere/at/all" });
    const init = client.init("{}", 10_000, limits);
    client.ended();

    expect(await init).toEqual({ kind: "lost" });
  });
});
