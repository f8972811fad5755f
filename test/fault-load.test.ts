import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { type ServerProcess, startServer } from "@meringue/testkit";
import { afterEach, beforeEach, describe, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

const IDLE_CONNECTIONS = 10_000;
const AT_A_TIME = 500;
const MIB = 2 ** 20;
/** What is asked for beyond them waits. */
const FEW_CONTAINERS = ["--user-memory", "512"];
const TIMEOUT_MS = 120_000;

const descriptors = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(textOf("/proc/self/limits"))?.[1] ?? 0);
const tooFew = descriptors < IDLE_CONNECTIONS + 1_000 ? ` (skipped: needs ${IDLE_CONNECTIONS + 1_000} open files)` : "";
const notLinux = process.platform === "linux" ? "" : " (skipped: reads memory from /proc)";

describe.skipIf(notLinux !== "")(`a server under clients that ask much of it${notLinux}`, () => {
  let server: ServerProcess;
  let api: ApiClient;
  let sockets: Socket[];

  beforeEach(async () => {
    sockets = [];
    server = await startServer({ flags: FEW_CONTAINERS });
    api = apiClient(server.url, server.guestKey);
    await api.call("PUT", "actions/echo", { exec: { kind: "nodejs:default", code: "const main = (args) => args;" } });
    await api.call("POST", "actions/echo?blocking=true", {});
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await server[Symbol.asyncDispose]();
  });

  /** A connection that says nothing by itself. */
  async function connected(): Promise<Socket> {
    const { port, hostname } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    await Promise.race([once(socket, "connect"), once(socket, "error")]);
    socket.on("error", () => undefined); // the server may close it at any moment
    return socket;
  }

  test.skipIf(tooFew !== "")(
    `10,000 idle connections: it answers new ones, in bounded memory${tooFew}`,
    { timeout: TIMEOUT_MS },
    async ({ expect }) => {
      const before = memoryMb(server);
      for (let made = 0; made < IDLE_CONNECTIONS; made += AT_A_TIME) {
        await Promise.all(Array.from({ length: AT_A_TIME }, connected));
      }
      const working = await connected();
      working.write(head(server, "GET", "actions/echo?code=false"));

      expect(await answerTo(working)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await api.call("POST", "actions/echo?blocking=true&result=true", { n: 1 })).toMatchObject({
        json: { n: 1 },
      });
      expect(memoryMb(server) - before).toBeLessThan(300);
    },
  );

  test("clients that ask on and on and read nothing: it answers others, in bounded memory", {
    timeout: TIMEOUT_MS,
  }, async ({ expect }) => {
    const args = { text: "x".repeat(MIB - 100) };
    const { json } = await api.call("POST", "actions/echo?blocking=true", args);
    const { activationId } = json as { activationId: string };
    const before = memoryMb(server);
    for (let i = 0; i < 40; i++) {
      const socket = await connected();
      socket.pause();
      socket.write(head(server, "GET", `activations/${activationId}`).repeat(100));
    }
    for (let i = 0; i < 20; i++) {
      expect(await api.call("POST", "actions/echo?blocking=true&result=true", { i })).toMatchObject({ json: { i } });
    }
    expect(peakMb(server) - before).toBeLessThan(500);
  });

  test("more bodies than there is memory set aside for: some are refused at once, in bounded memory", {
    timeout: TIMEOUT_MS,
  }, async ({ expect }) => {
    await using small = await startServer({ flags: [...FEW_CONTAINERS, "--activation-memory", "32"] });
    const client = apiClient(small.url, small.guestKey);
    const code = "const main = ({ i }) => new Promise((done) => setTimeout(done, 50, { i }));";
    await client.call("PUT", "actions/slow", { exec: { kind: "nodejs:default", code } });
    await client.call("POST", "actions/slow?blocking=true", {});
    const before = memoryMb(small);
    const body = `{"nothings":[${"[],".repeat(200_000)}[]]}`; // as values these take ten times as much
    const calls = Array.from({ length: 150 }, () =>
      client.call("POST", "actions/slow?blocking=true&result=true", body),
    );
    const answers = (await Promise.all(calls)).map(({ status }) => status);
    const refused = answers.filter((status) => status === 429 || status === 503).length;
    expect(answers.filter((status) => status === 200).length + refused).toBe(answers.length);
    expect(refused).toBeGreaterThan(50);
    expect(peakMb(small) - before).toBeLessThan(800);
    expect(await client.call("POST", "actions/slow?blocking=true&result=true", { i: 1 })).toMatchObject({
      json: { i: 1 },
    });
  });

  test("many bodies of 1 MB at a time: each is answered, in bounded memory", { timeout: TIMEOUT_MS }, async ({
    expect,
  }) => {
    const before = memoryMb(server);
    const text = "x".repeat(MIB - 1_000);
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const { status, json } = await api.call("POST", "actions/echo?blocking=true&result=true", { i, text });
        return status === 200 ? (json as { i: number }).i : status;
      }),
    );
    expect(answers).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(peakMb(server) - before).toBeLessThan(800);
  });
});

function head({ guestKey }: ServerProcess, method: string, path: string): string {
  const authorization = `Basic ${Buffer.from(guestKey).toString("base64")}`;
  return `${method} /api/v1/namespaces/_/${path} HTTP/1.1\r\nHost: here\r\nAuthorization: ${authorization}\r\n\r\n`;
}

async function answerTo(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return chunk.toString("latin1");
}

/** What the server's process holds in memory, in mebibytes. */
function memoryMb(server: ServerProcess): number {
  return statusMb(server, "VmRSS");
}

/** The most that it has ever held. */
function peakMb(server: ServerProcess): number {
  return statusMb(server, "VmHWM");
}

function statusMb({ child }: ServerProcess, field: "VmRSS" | "VmHWM"): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(textOf(`/proc/${child.pid}/status`));
  return Number(line?.[1]) / 1024;
}

/** Of a file that only Linux has. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
