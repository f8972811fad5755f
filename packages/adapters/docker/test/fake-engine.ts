import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a fake engine answers to a call; `hang` never does. */
export type FakeAnswer = { readonly status?: number; readonly body?: unknown } | "hang" | "drop";

export interface FakeCall {
  /** `POST /containers/create`, without version and query. */
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface FakeEngine extends AsyncDisposable {
  readonly socketPath: string;
  /** All that it was asked, in order. */
  readonly calls: readonly FakeCall[];
  /** Resolves when a call has come whose `what` matches. */
  asked(what: RegExp): Promise<FakeCall>;
}

type Answers = Readonly<Record<string, (call: FakeCall) => FakeAnswer | Promise<FakeAnswer>>>;

const NETWORK = { Config: [{ Subnet: "127.77.0.0/16", Gateway: "127.0.0.1" }] };

/** A healthy engine, in as far as it is asked here. Names of containers and networks are cut from the keys: `:name`. */
function healthy(): Answers {
  let network: Record<string, unknown> | undefined;
  let created = 0;
  return {
    "GET /version": () => ({ body: { ApiVersion: "1.41" } }),
    "GET /info": () => ({
      body: {
        ServerVersion: "20.10.24",
        MemoryLimit: true,
        SwapLimit: true,
        PidsLimit: true,
        SecurityOptions: ["name=seccomp,profile=default"],
      },
    }),
    "POST /networks/create": ({ body }) => {
      network = { IPAM: NETWORK, Containers: {}, ...(body as object) };
      return { status: 201, body: { Id: "n1" } };
    },
    "GET /networks/:name": () =>
      network === undefined ? notFound("network") : { body: { ...network, IPAM: NETWORK } },
    "DELETE /networks/:name": () => {
      network = undefined;
      return { status: 204 };
    },
    "POST /containers/create": () => ({ status: 201, body: { Id: `id${++created}` } }),
    "POST /containers/:name/attach": () => ({ body: "" }),
    "POST /containers/:name/start": () => ({ status: 204 }),
    "POST /containers/:name/wait": () => "hang",
    "POST /containers/:name/pause": () => ({ status: 204 }),
    "POST /containers/:name/unpause": () => ({ status: 204 }),
    "GET /containers/json": () => ({ body: [] }),
    "GET /containers/:name/json": () => ({ body: { State: { OOMKilled: false } } }),
    "DELETE /containers/:name": () => ({ status: 204 }),
    "POST /images/create": () => ({ body: { status: "Pull complete" } }),
  };
}

export function notFound(what: string): FakeAnswer {
  return { status: 404, body: { message: `No such ${what}: x` } };
}

/** Serves answers on a Unix socket of its own; those that are given take the place of a healthy engine's. */
export async function fakeEngine(answers: Answers = {}): Promise<FakeEngine> {
  const folder = await mkdtemp(join(tmpdir(), "fake-docker-"));
  const socketPath = join(folder, "docker.sock");
  const all = { ...healthy(), ...answers };
  const calls: FakeCall[] = [];
  const watchers = new Set<() => void>();
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    calls.push(call);
    for (const watcher of watchers) watcher();
    const answer = all[call.what]?.(call) ?? { status: 501, body: { message: `not played here: ${call.what}` } };
    send(response, await answer);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(socketPath);
  await once(server, "listening");
  return {
    socketPath,
    calls,
    asked: (what) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = calls.find((call) => what.test(call.what));
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function readCall(request: IncomingMessage): Promise<FakeCall> {
  const url = new URL(request.url ?? "", "http://docker");
  const path = url.pathname.replace(/^\/v\d+\.\d+/, "");
  const what = `${request.method} ${path.replace(/^\/(containers|networks)\/(?!create$|json$)[^/]+/, "/$1/:name")}`;
  const chunks = await request.toArray();
  const text = Buffer.concat(chunks as Buffer[]).toString();
  return { what, query: url.searchParams, body: text === "" ? undefined : JSON.parse(text) };
}

function send(response: ServerResponse, answer: FakeAnswer): void {
  if (answer === "drop") response.destroy();
  if (typeof answer === "string") return;
  const { status = 200, body } = answer;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
}
