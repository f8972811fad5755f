import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, test } from "vitest";
import { apiRelay } from "./api-relay.ts";

/** A server that tells what it was asked. */
async function tellingServer(): Promise<URL> {
  const server = createServer((incoming, response) => {
    let body = "";
    incoming.setEncoding("utf8").on("data", (text: string) => (body += text));
    incoming.on("end", () => {
      response.writeHead(201, { "x-told": "yes" });
      response.end(JSON.stringify([incoming.method, incoming.url, incoming.headers.authorization, body]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** Calls a relay to `target` as a container would. */
async function call(target: URL | undefined, path: string): Promise<{ status: number | undefined; told: unknown }> {
  const open = await apiRelay(target).open("127.0.0.1", 0, () => "container");
  onTestFinished(() => open.close());
  return await new Promise((resolve, reject) => {
    const options = { port: open.port, path, method: "POST", headers: { authorization: "Basic x" } };
    const calling = request({ host: "127.0.0.1", ...options }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, told: JSON.parse(text) as unknown }));
    });
    calling.on("error", reject).end("a body");
  });
}

test("a call is passed on with its body and its key", async ({ expect }) => {
  const answer = await call(await tellingServer(), "/api/v1?x=1");
  expect(answer).toEqual({ status: 201, told: ["POST", "/api/v1?x=1", "Basic x", "a body"] });
});

test("a path that looks like another host stays a path", async ({ expect }) => {
  const answer = await call(await tellingServer(), "//127.0.0.1:1/x");
  expect(answer).toMatchObject({ status: 201, told: ["POST", "//127.0.0.1:1/x", "Basic x", "a body"] });
});

test("without a server every call is told so", async ({ expect }) => {
  expect(await call(undefined, "/")).toMatchObject({
    status: 503,
    told: { error: expect.stringContaining("--apihost") as string },
  });
});

test("a server that is not there is a bad gateway", async ({ expect }) => {
  expect(await call(new URL("http://127.0.0.1:1"), "/")).toMatchObject({ status: 502 });
});
