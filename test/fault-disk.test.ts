import { appendFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isJsonObject } from "@meringue/core";
import { type ServerProcess, type SmallDisk, smallDisk, smallDiskUnavailable, startServer } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { type ApiAnswer, type ApiClient, apiClient } from "./api-client.ts";

/** Some of these start three servers. */
const LONG = { timeout: 120_000 };
const unavailable = smallDiskUnavailable();
const missing = unavailable === undefined ? "" : ` (skipped: ${unavailable})`;
const ECHO = "const main = (args) => args;";
const BUSY = "The server is currently unavailable (because it is overloaded or down for maintenance).";
const DISK_MB = 64;
const LARGE_BYTES = 2_000_000;
/** Less than any entry of a journal has. */
const HALF_BYTES = 40;

type Expect = typeof import("vitest")["expect"];

async function aSmallDisk(): Promise<SmallDisk> {
  const disk = await smallDisk(DISK_MB);
  onTestFinished(() => disk[Symbol.asyncDispose]());
  return disk;
}

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-fault-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function put(api: ApiClient, name: string, code: string): Promise<ApiAnswer> {
  return api.call("PUT", `actions/${name}?overwrite=true`, { exec: { kind: "nodejs:default", code } });
}

function padded(code: string, bytes: number): string {
  return `${code} // ${"x".repeat(bytes)}`;
}

/** Of an activation that was accepted or has ended. */
function idOf({ json }: ApiAnswer): string {
  return isJsonObject(json) ? String(json["activationId"]) : "";
}

/** Its record, once there is one. */
async function recordOf(api: ApiClient, id: string): Promise<ApiAnswer> {
  for (;;) {
    const answer = await api.call("GET", `activations/${id}`);
    if (answer.status !== 404) return answer;
  }
}

async function everyRecordIsThere(api: ApiClient, ids: readonly string[], expect: Expect): Promise<void> {
  for (const id of ids) expect(await recordOf(api, id)).toMatchObject({ status: 200, json: { activationId: id } });
  const { json } = await api.call("GET", "activations?limit=200");
  const listed = (json as { activationId: string }[]).map(({ activationId }) => activationId);
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed).toEqual(expect.arrayContaining([...ids]));
}

async function largeActionsAreRefused(api: ApiClient, expect: Expect): Promise<void> {
  const refused = { status: 503, json: { error: BUSY } };
  expect(await put(api, "large", padded(ECHO, LARGE_BYTES))).toMatchObject(refused);
  expect(await put(api, "echo", padded("const main = () => ({ new: true });", LARGE_BYTES))).toMatchObject(refused);
  expect((await api.call("GET", "actions/large")).status).toBe(404);
  expect(await api.call("GET", "actions/echo")).toMatchObject({ status: 200, json: { exec: { code: ECHO } } });
}

/**
 * Of many calls, large and small: each is refused clearly, or as good as on an empty disk. Where the note that one was
 * accepted still found a place and the note that it starts did not, its record is the refusal.
 */
async function idsOfAccepted(api: ApiClient, expect: Expect): Promise<string[]> {
  const calls = ["actions/echo", "actions/echo?blocking=true"].flatMap((path) =>
    [{}, { text: "x".repeat(200_000) }].flatMap((args) =>
      Array.from({ length: 10 }, () => api.call("POST", path, args)),
    ),
  );
  const answers = await Promise.all(calls);
  for (const { status, json } of answers) {
    expect([200, 202, 500, 503]).toContain(status);
    if (status === 500) expect(json).toMatchObject({ response: { success: false, status: "whisk internal error" } });
  }
  expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
  return answers.filter(({ status }) => status !== 503).map(idOf);
}

describe.skipIf(unavailable !== undefined)(`a data folder that is full${missing}`, LONG, () => {
  test.for([
    ["goes on", false],
    ["is killed and started again", true],
  ] as const)(
    "refuses what it cannot keep and keeps all it promised; with space, the server %s",
    async ([, killed], { expect }) => {
      const disk = await aSmallDisk();
      const dataDir = join(disk.folder, "data");
      let server = await startServer({ dataDir });
      onTestFinished(() => server[Symbol.asyncDispose]());
      let api = apiClient(server.url, server.guestKey);
      await put(api, "echo", ECHO);
      const acknowledged = [idOf(await api.call("POST", "actions/echo?blocking=true", { before: true }))];

      await disk.fill();
      await largeActionsAreRefused(api, expect);
      acknowledged.push(...(await idsOfAccepted(api, expect)));
      expect((await api.call("GET", "actions")).status).toBe(200);

      if (killed) {
        await server.kill();
        await disk.free();
        server = await startServer({ dataDir });
        api = apiClient(server.url, server.guestKey);
      } else {
        await disk.free();
      }
      await everyRecordIsThere(api, acknowledged, expect);
      expect((await put(api, "large", padded(ECHO, LARGE_BYTES))).status).toBe(200);
      expect((await api.call("POST", "actions/large?blocking=true", {})).status).toBe(200);
      expect((await api.call("POST", "actions/echo", {})).status).toBe(202);
    },
  );

  test("keeps a server from starting, which says why in a sentence; with space it starts", async ({ expect }) => {
    const disk = await aSmallDisk();
    await disk.fill();
    const dataDir = join(disk.folder, "data");

    const failure = await startServer({ dataDir }).then(
      () => "it started",
      (error: Error) => error.message,
    );
    expect(failure).toMatch(/meringue: .*(ENOSPC|full)/);
    expect(failure).not.toContain("    at ");

    await disk.free();
    await using server = await startServer({ dataDir });
    expect((await fetch(`${server.url}/ping`)).status).toBe(200);
  });
});

describe.skipIf(unavailable !== undefined)(`a data folder that is read-only${missing}`, LONG, () => {
  test.for(["new", "used"])(
    "keeps a server from starting, which says why in a sentence (%s)",
    async (kind, { expect }) => {
      const disk = await aSmallDisk();
      const dataDir = join(disk.folder, "data");
      if (kind === "used") await (await startServer({ dataDir })).stop();
      await disk.makeReadOnly();

      const failure = await startServer({ dataDir }).then(
        () => "it started",
        (error: Error) => error.message,
      );
      expect(failure).toMatch(/meringue: .*(EROFS|read-?only)/);
      expect(failure).not.toContain("    at ");
    },
  );
});

describe("a journal that was damaged while no server ran", LONG, () => {
  /** A data folder whose server has acknowledged much, and was killed. */
  async function killedServer(): Promise<{ dataDir: string; ids: string[]; journal: string }> {
    const dataDir = await aFolder();
    const server = await startServer({ dataDir });
    const api = apiClient(server.url, server.guestKey);
    await put(api, "echo", ECHO);
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push(idOf(await api.call("POST", "actions/echo?blocking=true", { i })));
    await server.kill();
    const names = (await readdir(join(dataDir, "journal"))).filter((name) => name.endsWith(".journal")).sort();
    return { dataDir, ids, journal: join(dataDir, "journal", names.at(-1) ?? "") };
  }

  async function restarted(dataDir: string): Promise<{ server: ServerProcess; api: ApiClient }> {
    const server = await startServer({ dataDir });
    onTestFinished(() => server[Symbol.asyncDispose]());
    return { server, api: apiClient(server.url, server.guestKey) };
  }

  const endings: readonly (readonly [string, (path: string) => Promise<void>])[] = [
    ["zeros, as after a power cut", (path) => appendFile(path, Buffer.alloc(5_000))],
    ["bytes that mean nothing", (path) => appendFile(path, Buffer.from("\u0001 this is no entry \u00ff".repeat(50)))],
    ["the first half of an entry", async (path) => appendFile(path, (await readFile(path)).subarray(0, HALF_BYTES))],
  ];

  test.for(endings)("ends in %s: nothing that was acknowledged is lost", async ([, damage], { expect }) => {
    const { dataDir, ids, journal } = await killedServer();
    await damage(journal);
    const { server, api } = await restarted(dataDir);

    expect(server.output()).toMatch(/journal segment .* ended in \d+ bytes of an unfinished write: they were cut off/);
    await everyRecordIsThere(api, ids, expect);
    const { status, json } = await api.call("POST", "actions/echo?blocking=true", { again: true });
    expect(status).toBe(200);
    await server.kill();
    const again = await restarted(dataDir);
    expect(again.server.output()).not.toContain("unfinished write");
    await everyRecordIsThere(again.api, [...ids, isJsonObject(json) ? String(json["activationId"]) : ""], expect);
  });
});
