import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "vitest";
import type { LoadGenerator, LoadSpec } from "./load.ts";
import { ownLoad } from "./own-load.ts";
import { wrkLoad } from "./wrk.ts";

const wrk = await wrkLoad();
const AWKWARD = '{"quote":"\\"","line":"a\\nb","word":"größer"}';

/** A server that notes what it is asked, and answers `/bad` with 500. */
async function noting(): Promise<{ origin: string; asked: string[] } & AsyncDisposable> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${request.headers["x-key"]} ${Buffer.concat(chunks).toString()}`);
      response.writeHead(request.url === "/bad" ? 500 : 200, { "content-length": 2 }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, asked, [Symbol.asyncDispose]: close };
}

function specFor(origin: string, paths: readonly string[]): LoadSpec {
  const headers = { "X-Key": "k1" };
  const requests = paths.map((path) => ({ method: "POST", path, headers, body: AWKWARD }) as const);
  return { origin, requests, connections: 1, seconds: 0.2 };
}

function generatorSuite(name: string, generator: LoadGenerator | undefined): void {
  describe.skipIf(generator === undefined)(name, () => {
    const run = (spec: LoadSpec) => (generator as LoadGenerator).run(spec);

    test("sends method, path, headers and body as they are", async ({ expect }) => {
      await using server = await noting();
      const result = await run(specFor(server.origin, ["/one"]));
      expect(new Set(server.asked)).toEqual(new Set([`POST /one k1 ${AWKWARD}`]));
      expect(result).toMatchObject({ badAnswers: 0, socketErrors: 0 });
      expect(result.requests).toBeGreaterThan(0);
      expect(result.p99).toBeGreaterThanOrEqual(result.p50);
    });

    test("sends several in turn", async ({ expect }) => {
      await using server = await noting();
      await run(specFor(server.origin, ["/a", "/b", "/c"]));
      const paths = server.asked.slice(0, 6).map((line) => line.split(" ")[1]);
      expect(paths).toHaveLength(6);
      expect(new Set(paths.slice(0, 3))).toEqual(new Set(["/a", "/b", "/c"]));
      expect(paths.slice(3)).toEqual(paths.slice(0, 3));
    });

    test("counts answers that are not 2xx", async ({ expect }) => {
      await using server = await noting();
      const result = await run(specFor(server.origin, ["/bad"]));
      expect(result.badAnswers).toBe(result.requests);
    });
  });
}

generatorSuite("our own load client", ownLoad());
generatorSuite(`wrk${wrk === undefined ? " (skipped: it is not installed)" : ""}`, wrk);

test("our own load client holds a rate", async ({ expect }) => {
  await using server = await noting();
  const result = await ownLoad().run({ ...specFor(server.origin, ["/one"]), perSecond: 50, seconds: 1 });
  expect(result.requests).toBeGreaterThan(25);
  expect(result.requests).toBeLessThanOrEqual(51);
});
