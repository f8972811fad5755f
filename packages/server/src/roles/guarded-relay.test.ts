import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, onTestFinished, test } from "vitest";
import { guardedRelay } from "./guarded-relay.ts";

const GUEST = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP";

/** An API elsewhere that says what it was asked, and a container of the namespace in front of the relay. */
async function world(namespace: string | undefined, isThere = true) {
  const api = createServer((request, response) => response.end(`${request.method} ${request.url}`));
  api.listen(0, "127.0.0.1");
  await once(api, "listening");
  onTestFinished(() => {
    api.close();
    api.closeAllConnections();
  });
  const target = new URL(`http://127.0.0.1:${(api.address() as AddressInfo).port}`);
  const relay = guardedRelay(isThere ? target : undefined, () => namespace);
  const open = await relay.open("127.0.0.1", 0, () => "container");
  onTestFinished(() => open.close());
  return async (path: string, auth?: string) => {
    const headers = auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
    const answer = await fetch(`http://127.0.0.1:${open.port}${path}`, { headers });
    return [answer.status, await answer.text()] as const;
  };
}

describe("the way of an invoker's containers to the API", () => {
  test("leads to the API, and nowhere else", async ({ expect }) => {
    const ask = await world("alice");
    expect(await ask("/api/v1/namespaces/_/actions?limit=1")).toEqual([
      200,
      "GET /api/v1/namespaces/_/actions?limit=1",
    ]);
    const elsewhere = ["/invokers", "/disable", "/", "/apix", "/api/%2e%2e/invokers"];
    expect(await Promise.all(elsewhere.map(async (path) => (await ask(path))[0]))).toEqual(Array(5).fill(404));
  });

  test("lets a key that everybody knows through for its own namespace only", async ({ expect }) => {
    const own = await world("guest");
    const foreign = await world("alice");
    const unknown = await world(undefined);
    const statuses = await Promise.all([own, foreign, unknown].map(async (ask) => (await ask("/api/v1", GUEST))[0]));
    expect(statuses).toEqual([200, 401, 401]);
    expect((await foreign("/api/v1", `${"0".repeat(8)}-0000-4000-8000-000000000000:${"x".repeat(64)}`))[0]).toBe(200);
  });

  test("says so when nobody has told where the API is", async ({ expect }) => {
    const ask = await world("guest", false);
    expect(await ask("/api/v1")).toEqual([503, expect.stringContaining("--public-url")]);
  });
});
