import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { request as secureRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NginxTestServer, nginxUnavailable, startNginx } from "@meringue/testkit";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import { nginxConfig } from "./nginx-config.ts";

const MEBIBYTE = 1024 * 1024;
const why = nginxUnavailable();

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
}

/** A controller that answers with its name and what it was asked. */
async function controller(name: string, answer?: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer((asked, response) => {
    if (answer !== undefined) return answer(asked, response);
    asked.resume().on("end", () => response.end(JSON.stringify({ name, url: asked.url, headers: asked.headers })));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

async function ask(
  place: string,
  path: string,
  options: { method?: string; host?: string; secure?: boolean } = {},
): Promise<Answer> {
  const { method = "GET", host = "example.org", secure = false } = options;
  const send = secure ? secureRequest : request;
  const asked = send(`http${secure ? "s" : ""}://${place}${path}`, {
    method,
    headers: { host },
    rejectUnauthorized: false,
  });
  asked.end();
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await textOf(response), headers: response.headers };
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return text;
}

describe.skipIf(why !== undefined)("nginx in front of controllers (needs nginx)", () => {
  const folder = mkdtempSync(join(tmpdir(), "meringue-nginx-test-"));
  const [key, certificate, cliFolder] = ["key", "crt", "cli"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  let one: Awaited<ReturnType<typeof controller>>;
  let nginx: NginxTestServer;

  beforeAll(async () => {
    const subject = ["-subj", "/CN=example.org", "-keyout", key, "-out", certificate];
    const how = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", [...how, ...subject], { stdio: "ignore" });
    chmodSync(folder, 0o755); // nginx reads it as another user
    mkdirSync(cliFolder);
    writeFileSync(join(cliFolder, "wsk.tgz"), "a command line");
    one = await controller("one");
    nginx = await startNginx(({ http, https, folder: own }) =>
      nginxConfig({
        controllers: [one.address],
        listen: { http, https },
        tls: { certificate, key },
        webHost: "example.org",
        cliFolder,
        folder: own,
      }),
    );
  });
  afterAll(async () => {
    await nginx.stop();
    close(one.server);
    rmSync(folder, { recursive: true });
  });

  test("ends TLS, and tells controllers who called and by which name", async ({ expect }) => {
    const { status, text } = await ask(nginx.https, "/api/v1?x=%2F", { secure: true });

    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      url: "/api/v1?x=%2F",
      headers: {
        host: "example.org",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "example.org",
        "x-forwarded-for": "127.0.0.1",
      },
    });
  });

  test("takes bodies up to more than the API does", async ({ expect }) => {
    const send = async (bytes: number): Promise<number> => {
      const asked = secureRequest(`https://${nginx.https}/`, { method: "POST", rejectUnauthorized: false });
      asked.end(Buffer.alloc(bytes, "x"));
      const [response] = (await once(asked, "response")) as [IncomingMessage];
      response.resume();
      return response.statusCode ?? 0;
    };
    expect([await send(3 * MEBIBYTE), await send(66 * MEBIBYTE)]).toEqual([200, 413]);
  });

  test("sends who comes by http to https, with method and body", async ({ expect }) => {
    const { status, headers } = await ask(nginx.http, "/api/v1/x?y=1", { method: "POST" });
    expect([status, headers.location]).toEqual([308, "https://example.org:8443/api/v1/x?y=1"]);
  });

  test("keeps operators' calls from the API's host, not from namespaces' own hosts", async ({ expect }) => {
    const statuses = await Promise.all(
      ["/invokers", "/invokers/ready", "/activation", "/disable"].map(async (path) => {
        const [at, beside] = await Promise.all([
          ask(nginx.https, path, { secure: true }),
          ask(nginx.https, path, { secure: true, host: "guest.example.org" }),
        ]);
        return [at.status, beside.status];
      }),
    );
    expect(statuses).toEqual(Array(4).fill([404, 200]));
  });

  test("serves the command lines to download", async ({ expect }) => {
    const { text } = await ask(nginx.https, "/cli/go/download/wsk.tgz", { secure: true });
    expect(text).toBe("a command line");
    expect((await ask(nginx.https, "/cli/go/download/", { secure: true })).text).toContain("wsk.tgz");
    expect((await ask(nginx.https, "/cli/go/download/../../key", { secure: true })).text).not.toBe(
      readFileSync(key, "utf8"),
    );
  });

  test("passes an answer on while it is made", async ({ expect }) => {
    const go = Promise.withResolvers<void>();
    const streaming = await controller("streaming", (_request, response) => {
      response.write("first");
      void go.promise.then(() => response.end("last"));
    });
    const front = await startNginx(({ http, folder: own }) =>
      nginxConfig({ controllers: [streaming.address], listen: { http }, folder: own }),
    );
    onTestFinished(() => close(streaming.server));
    onTestFinished(() => front.stop());

    const asked = request(`http://${front.http}/`).end();
    const [response] = (await once(asked, "response")) as [IncomingMessage];
    const [first] = (await once(response, "data")) as [Buffer];
    expect(first.toString()).toBe("first");
    go.resolve();
    expect(await textOf(response)).toBe("last");
  });

  test("goes to the next controller when one dies, and repeats nothing that may have run", async ({ expect }) => {
    let killed = 0;
    const dying = await controller("dying", (asked) => {
      killed++;
      asked.socket.destroy();
    });
    const healthy = await controller("healthy");
    const front = await startNginx(({ http, folder: own }) =>
      nginxConfig({ controllers: [dying.address, healthy.address], listen: { http }, folder: own }),
    );
    onTestFinished(() => close(dying.server));
    onTestFinished(() => close(healthy.server));
    onTestFinished(() => front.stop());

    const reads = await Promise.all(Array.from({ length: 20 }, () => ask(front.http, "/api/v1")));
    expect(reads.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(killed).toBeGreaterThan(0);

    close(dying.server); // nobody listens any more: nothing was sent, so that anything may go elsewhere
    const writes = await Promise.all(Array.from({ length: 20 }, () => ask(front.http, "/api/v1", { method: "POST" })));
    expect(writes.map(({ status }) => status)).toEqual(Array(20).fill(200));
  });
});
