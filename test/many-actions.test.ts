import { startServer } from "@meringue/testkit";
import { describe, test } from "vitest";
import { apiClient } from "./api-client.ts";

const ACTIONS = 40;

describe("many actions at once", () => {
  test("each get a container of their own, and none fails", { timeout: 120_000 }, async ({ expect }) => {
    await using server = await startServer({ flags: ["--user-memory", "8192"] });
    const client = apiClient(server.url, server.guestKey);

    const results = await Promise.all(
      Array.from({ length: ACTIONS }, async (_, n) => {
        const exec = { kind: "nodejs:default", code: `const main = () => ({ n: ${n} });` };
        await client.call("PUT", `actions/a${n}`, { exec, limits: { memory: 128 } });
        const { status, json } = await client.call("POST", `actions/a${n}?blocking=true&result=true`, {});
        return [status, json];
      }),
    );

    expect(results).toEqual(results.map((_, n) => [200, { n }]));
  });
});
