import { hash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What operators and probes may ask of an invoker. */
export interface InvokerSwitch {
  /** Whether it takes work. */
  isEnabled(): boolean;
  /** True: it takes work again. False: it finishes what it has and takes nothing new. */
  enable(on: boolean): Promise<void>;
}

export interface EndpointOptions extends InvokerSwitch {
  readonly username: string;
  readonly password: string;
}

/** For which an idle connection is kept, in milliseconds. */
const KEEP_ALIVE_MS = 5_000;

/**
 * The HTTP server of an invoker: `GET /ping`; `GET /ready`, 503 while it takes no work; and as in the original, with
 * credentials, `GET /isEnabled`, `POST /enable` and `POST /disable`. Whoever made it listens with it and closes it.
 */
export function invokerEndpoints(options: EndpointOptions): Server {
  const server = createServer((request, response) => {
    request.resume();
    answer(options, request, response).catch((error: unknown) => send(response, 500, String(error)));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function answer(options: EndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.replace(/\?.*$/s, "");
  switch (`${request.method} ${path}`) {
    case "GET /ping":
      return send(response, 200, "pong");
    case "GET /ready": {
      const ready = options.isEnabled();
      return sendJson(response, ready ? 200 : 503, { ready });
    }
    case "GET /isEnabled":
    case "POST /enable":
    case "POST /disable":
      if (!isAdmin(options, request.headers.authorization))
        return send(response, 401, "username or password are wrong.");
      return operate(options, path, response);
    default:
      return send(response, 404, "The requested resource could not be found.");
  }
}

async function operate(invoker: InvokerSwitch, path: string | undefined, response: ServerResponse): Promise<void> {
  if (path === "/isEnabled") return sendJson(response, 200, { enabled: invoker.isEnabled() });
  const on = path === "/enable";
  await invoker.enable(on);
  send(response, 200, `invoker is ${on ? "enabled" : "disabled"}`);
}

function isAdmin({ username, password }: EndpointOptions, authorization: string | undefined): boolean {
  const token = /^basic +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
  const given = Buffer.from(token, "base64").toString("utf8");
  return timingSafeEqual(digest(given), digest(`${username}:${password}`));
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=UTF-8" }).end(text);
}
