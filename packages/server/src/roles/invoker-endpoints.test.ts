import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, onTestFinished, test } from "vitest";
import { invokerEndpoints } from "./invoker-endpoints.ts";

async function world() {
  let enabled = true;
  const server = invokerEndpoints({
    username: "user",
    password: "pass",
    isEnabled: () => enabled,
    enable: async (on) => {
      enabled = on;
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return async (words: string, auth?: string) => {
    const [method = "", path = ""] = words.split(" ");
    const headers = auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const answer = await fetch(url, { method, headers });
    return `${answer.status} ${await answer.text()}`;
  };
}

describe("an invoker's endpoints", () => {
  test("tell probes whether it is there and takes work", async ({ expect }) => {
    const ask = await world();
    expect(await ask("GET /ping")).toBe("200 pong");
    expect(await ask("GET /ready?x")).toBe('200 {"ready":true}');
    expect(await ask("POST /disable", "user:pass")).toBe("200 invoker is disabled");
    expect(await ask("GET /ready")).toBe('503 {"ready":false}');
    expect(await ask("GET /isEnabled", "user:pass")).toBe('200 {"enabled":false}');
    expect(await ask("POST /enable", "user:pass")).toBe("200 invoker is enabled");
    expect(await ask("GET /isEnabled", "user:pass")).toBe('200 {"enabled":true}');
  });

  test.for(["GET /isEnabled", "POST /enable", "POST /disable"])("keep %s for operators", async (words, { expect }) => {
    const ask = await world();
    expect(await ask(words)).toMatch(/^401 /);
    expect(await ask(words, "user:wrong")).toMatch(/^401 /);
    expect(await ask("GET /ready")).toMatch(/^200 /);
  });

  test("are no others", async ({ expect }) => {
    const ask = await world();
    expect(await Promise.all(["GET /", "GET /disable", "POST /ping"].map((words) => ask(words)))).toEqual(
      Array(3).fill("404 The requested resource could not be found."),
    );
  });
});
