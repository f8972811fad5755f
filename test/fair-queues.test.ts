import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Json } from "@meringue/core";
import { startServer } from "@meringue/testkit";
import { describe, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

const ADMIN = join(import.meta.dirname, "../packages/server/src/admin/main.ts");
const TIMEOUT_MS = 60_000;
/** Two containers of the usual size at a time. */
const TWO_CONTAINERS = ["--user-memory", "512"];
const RUN_MS = 300;
const FLOOD = 24;
/**
 * Activations of the flood that may end from the moment of another one's call until it runs: the first of them makes room,
 * the others end while its container comes up, on a machine that may be busy.
 */
const RELEASES = 8;
const SLOW = `const main = ({ ms }) => new Promise((done) => setTimeout(done, ms, { done: true }));`;

interface Times {
  readonly start: number;
  readonly end: number;
}

async function deploy(api: ApiClient, names: readonly string[]): Promise<void> {
  for (const name of names) await api.call("PUT", `actions/${name}`, { exec: { kind: "nodejs:default", code: SLOW } });
}

async function timesOf(api: ApiClient, name: string): Promise<Times> {
  const { json } = await api.call("POST", `actions/${name}?blocking=true`, { ms: 1 });
  return json as unknown as Times;
}

async function ended(api: ApiClient): Promise<readonly Times[]> {
  return (await api.call("GET", "activations?docs=true&limit=200")).json as Json as unknown as readonly Times[];
}

describe("a namespace that calls more than there is room for", { timeout: TIMEOUT_MS }, () => {
  test("holds up nobody else: another one's call runs after a few of its own have ended", async ({ expect }) => {
    await using server = await startServer({ flags: TWO_CONTAINERS });
    const { stdout } = await promisify(execFile)(process.execPath, [
      ADMIN,
      "--data-dir",
      server.dataDir,
      ..."user create alice".split(" "),
    ]);
    const [flood, calm] = [apiClient(server.url, server.guestKey), apiClient(server.url, stdout.trim())];
    await deploy(flood, ["one", "two", "three"]);
    await deploy(calm, ["hello"]);
    const calls = Array.from({ length: FLOOD }, (_, i) =>
      flood.call("POST", `actions/${["one", "two", "three"][i % 3]}`, { ms: RUN_MS }),
    );
    expect((await Promise.all(calls)).every(({ status }) => status === 202)).toBe(true);

    const asked = Date.now();
    const { start } = await timesOf(calm, "hello");
    const before = (await ended(flood)).filter(({ end }) => end >= asked && end <= start);
    expect(before.length).toBeLessThanOrEqual(RELEASES);

    await expect.poll(async () => (await ended(flood)).length, { timeout: TIMEOUT_MS }).toBe(FLOOD);
  });
});
