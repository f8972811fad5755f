import { request } from "node:http";
import { type ServerProcess, startServer } from "@meringue/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiClient, apiClient } from "./api-client.ts";

let server: ServerProcess;
let guest: ApiClient;
const web = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${server.url}/api/v1/web/guest/default/${path}`, { redirect: "manual", ...init });

async function create(name: string, code: string, annotations: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const all = { "web-export": true, "raw-http": false, final: true, ...annotations };
  const list = Object.entries(all).map(([key, value]) => ({ key, value }));
  const body = { exec: { kind: "nodejs:default", code }, annotations: list };
  expect((await guest.call("PUT", `actions/${name}?overwrite=true`, body)).status).toBe(200);
}

beforeAll(async () => {
  server = await startServer({ flags: ["--web-host", "fn.example.org"] });
  guest = apiClient(server.url, server.guestKey);
});

afterAll(() => server[Symbol.asyncDispose]());

describe("a web action on a real server", () => {
  test("sees the request and answers as it likes", async () => {
    await create(
      "page",
      `function main({ name, __ow_method, __ow_path, __ow_headers }) {
        return {
          statusCode: 201,
          headers: { "Content-Type": "text/plain", "Set-Cookie": ["a=1", "b=2; Path=/"] },
          body: [__ow_method, __ow_path, __ow_headers["x-a"], name].join(" "),
        };
      }`,
    );
    const answer = await web("page/to/you?name=x", { method: "POST", headers: { "X-A": "y" } });
    expect(answer.status).toBe(201);
    expect(await answer.text()).toBe("post /to/you y x");
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2; Path=/"]);
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
  });

  test("takes bytes and gives bytes", async () => {
    await create(
      "mirror",
      `function main({ __ow_body, __ow_headers }) {
        return { headers: { "Content-Type": __ow_headers["content-type"] }, body: __ow_body };
      }`,
    );
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const answer = await web("mirror", { method: "PUT", headers: { "Content-Type": "image/png" }, body: bytes });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes);
    expect(answer.headers.get("content-type")).toBe("image/png");
  });

  test("fails with a status of its own, or with none that tells anything", async () => {
    await create(
      "failing",
      `function main({ how }) {
      if (how === "reject") return Promise.reject({ statusCode: 418, body: "teapot" });
      throw new Error("secret");
    }`,
    );
    const rejected = await web("failing?how=reject");
    expect([rejected.status, await rejected.text()]).toEqual([418, "teapot"]);
    const thrown = await web("failing.json");
    expect(thrown.status).toBe(400);
    expect(await thrown.text()).not.toContain("at main");
  });

  test("leaves a record in its owner's namespace", async () => {
    await create("recorded", "function main() { return { body: 'x' } }");
    const answer = await web("recorded");
    const id = answer.headers.get("x-openwhisk-activation-id");
    await expect
      .poll(async () => (await guest.call("GET", `activations/${id}`)).json)
      .toMatchObject({ activationId: id, namespace: "guest", response: { success: true } });
  });

  test("is nobody's business once it is closed again", async () => {
    await create("closing", "function main() { return {} }");
    expect((await web("closing")).status).toBe(204);
    await create("closing", "function main() { return {} }", { "web-export": false });
    expect((await web("closing")).status).toBe(404);
  });

  test("has a host of its namespace's own", async () => {
    await create("hosted", "function main({ a }) { return { html: `<p>${a}</p>` } }");
    const { hostname, port } = new URL(server.url);
    const headers = { Host: "guest.fn.example.org" };
    const text = await new Promise<string>((resolve, reject) => {
      request({ hostname, port, path: "/default/hosted.html?a=1", headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => resolve(Buffer.concat(chunks).toString()));
      })
        .on("error", reject)
        .end();
    });
    expect(text).toBe("<p>1</p>");
  });
});
