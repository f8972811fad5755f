import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startServer } from "@meringue/testkit";
import { describe, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

const ADMIN = join(import.meta.dirname, "../packages/server/src/admin/main.ts");
const run = promisify(execFile);

/** An operator's words, while the server runs on the same folder. @returns what the command prints. */
function operator(dataDir: string) {
  return async (...words: string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, [ADMIN, "--data-dir", dataDir, "user", ...words]);
    return stdout.trim();
  };
}

/** Asks until the answer has a status. @returns milliseconds that it took. */
async function until(status: number, client: ApiClient, path: string): Promise<number> {
  const since = performance.now();
  while ((await client.call("GET", path)).status !== status) await new Promise((next) => setImmediate(next));
  return performance.now() - since;
}

/** The operator's commands are processes of their own. */
const TIMEOUT_MS = 120_000;
/** The server follows the folder by its events; what is more is the machine's load. */
const AT_ONCE_MS = 2000;

const js = (code: string, more: object = {}) => ({ exec: { kind: "nodejs:default", code }, ...more });
const exported = { annotations: [{ key: "web-export", value: true }] };
const PAGE = "/api/v1/web/alice/default/page.json";

describe("two subjects on one server", () => {
  test("a key that the operator blocks or replaces counts no more, at once, and nor do its web actions", {
    timeout: TIMEOUT_MS,
  }, async ({ expect }) => {
    await using server = await startServer();
    const admin = operator(server.dataDir);
    const alice = apiClient(server.url, await admin("create", "alice"));
    const bobby = apiClient(server.url, await admin("create", "bobby"));
    await until(200, alice, "actions");
    const page = js("function main() { return { body: 'hello' } }", exported);
    expect((await alice.call("PUT", "actions/page", page)).status).toBe(200);
    expect((await bobby.call("GET", PAGE)).status).toBe(200);

    await admin("block", "alice");
    expect(await until(401, alice, "actions")).toBeLessThan(AT_ONCE_MS);
    expect((await bobby.call("GET", PAGE)).status).toBe(404);
    expect((await bobby.call("GET", "actions")).status).toBe(200);

    await admin("unblock", "alice");
    await until(200, alice, "actions");
    const renewed = apiClient(server.url, await admin("create", "alice", "--revoke"));
    expect(await until(401, alice, "actions")).toBeLessThan(AT_ONCE_MS);
    expect((await renewed.call("GET", "actions/page")).status).toBe(200);
  });

  test("what one shares the other runs for itself, until it is shared no more", { timeout: TIMEOUT_MS }, async ({
    expect,
  }) => {
    await using server = await startServer();
    const admin = operator(server.dataDir);
    const alice = apiClient(server.url, await admin("create", "alice"));
    const bobby = apiClient(server.url, await admin("create", "bobby"));
    await until(200, alice, "actions");
    await alice.call("PUT", "packages/shop", { publish: true, parameters: [{ key: "price", value: 5 }] });
    const code = "function main({ price }) { console.log('sold'); return { price, by: process.env.__OW_NAMESPACE } }";
    await alice.call("PUT", "actions/shop/goods", js(code));
    await bobby.call("PUT", "packages/bound", { binding: { namespace: "alice", name: "shop" } });

    const sold = await bobby.call("POST", "actions/bound/goods?blocking=true");
    expect(sold.json).toMatchObject({ namespace: "bobby", response: { result: { price: 5, by: "bobby" } } });
    const { activationId } = sold.json as { readonly activationId: string };
    expect((await bobby.call("GET", `activations/${activationId}/logs`)).text).toContain("sold");
    for (const rest of ["", "/logs", "/result"]) {
      expect((await alice.call("GET", `activations/${activationId}${rest}`)).status).toBe(404);
      const foreign = await alice.call("GET", `/api/v1/namespaces/bobby/activations/${activationId}${rest}`);
      expect([foreign.status, foreign.text.includes("sold")]).toEqual([403, false]);
    }

    await alice.call("PUT", "packages/shop?overwrite=true", { publish: false });
    for (const path of ["actions/bound/goods", "packages/bound", "actions/bound/"]) {
      expect([path, (await bobby.call("GET", path)).status]).toEqual([path, 403]);
    }
    expect((await bobby.call("POST", "actions/bound/goods?blocking=true")).status).toBe(403);
    expect((await bobby.call("GET", `activations/${activationId}/logs`)).text).toContain("sold");
  });
});
