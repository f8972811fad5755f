import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startServer } from "@meringue/testkit";
import { describe, test } from "vitest";
import { apiClient } from "./api-client.ts";

const ADMIN = join(import.meta.dirname, "../packages/server/src/admin/main.ts");
const run = promisify(execFile);

const refusal = (count: number, allowed: number) => ({
  error: `Too many requests in the last minute (count: ${count}, allowed: ${allowed}).`,
});

describe("a server with upstream's limits", () => {
  test("refuses the sixty-first call of a minute, until an operator allows more", async ({ expect }) => {
    await using server = await startServer({ flags: ["--limits", "upstream"] });
    const client = apiClient(server.url, server.guestKey);
    const limit = (...words: string[]) =>
      run(process.execPath, [ADMIN, "--data-dir", server.dataDir, "limits", "set", "guest", ...words]);

    for (let calls = 0; calls < 60; calls++) expect((await client.call("POST", "actions/none")).status).toBe(404);
    const refused = await client.call("POST", "actions/none");
    expect([refused.status, refused.json]).toMatchObject([429, refusal(61, 60)]);
    expect(Number(refused.headers.get("retry-after"))).toSatisfy((seconds: number) => seconds > 0 && seconds <= 60);

    await limit("--invocationsPerMinute", "61", "--firesPerMinute", "0");
    // the server follows what other processes write to its folder
    while ((await client.call("POST", "actions/none")).status !== 404) await new Promise((next) => setImmediate(next));
    expect((await client.call("POST", "actions/none")).status).toBe(429);
    expect((await client.call("POST", "triggers/none")).json).toMatchObject(refusal(1, 0));
  });
});

describe("a server with its own limits", () => {
  test("lets a developer call as often as they like", async ({ expect }) => {
    await using server = await startServer();
    const client = apiClient(server.url, server.guestKey);
    for (const path of ["actions/none", "triggers/none"]) {
      const answers = await Promise.all(Array.from({ length: 200 }, () => client.call("POST", path)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    }
  });
});
