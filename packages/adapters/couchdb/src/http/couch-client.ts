import { isJsonObject, type Json } from "@meringue/core";
import { Agent, type Dispatcher } from "undici";
import { CouchFailure } from "./couch-failure.ts";

/** Where a CouchDB is, and as whom to speak to it. */
export interface CouchServer {
  /** `http://HOST:PORT` or `https://…`. */
  readonly url: string;
  /** Both or none; none for a server without accounts. */
  readonly username?: string;
  readonly password?: string;
}

export interface CouchCall {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** From the root, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Asked again once when the connection was lost: right for whatever may happen twice. Default: of GET only. */
  readonly repeatable?: boolean;
  /** How long the server may be silent, in milliseconds. Default {@link SILENCE_MS}. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

/** Speaks HTTP with one CouchDB. */
export interface CouchClient {
  /** @throws CouchFailure for every status but 2xx, and when there is no answer. */
  json(call: CouchCall): Promise<Json>;
  /** The same for an attachment. */
  bytes(call: CouchCall): Promise<Uint8Array>;
  /** The server's address, without credentials. */
  readonly url: string;
  close(): Promise<void>;
}

const CONNECT_MS = 5_000;
/** Views of a large database take long when they are asked for the first time. */
const SILENCE_MS = 60_000;
const CONNECTIONS = 32;

/** Errors of connections that the server closed while they were idle, or as it went away. */
const LOST = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

export function couchClient({ url, username, password }: CouchServer): CouchClient {
  const agent = new Agent({ connections: CONNECTIONS, connect: { timeout: CONNECT_MS } });
  const origin = new URL(url).origin;
  const root = new URL(url).pathname.replace(/\/$/, "");
  const authorization =
    username === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };

  async function once(call: CouchCall): Promise<Dispatcher.ResponseData> {
    const { method, path, query, body, silenceMs = SILENCE_MS, signal } = call;
    return agent.request({
      origin,
      path: `${root}${path}`,
      method,
      headers: { ...authorization, accept: "application/json", "content-type": "application/json" },
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
  }

  async function read<T>(call: CouchCall, take: (body: Dispatcher.ResponseData["body"]) => Promise<T>): Promise<T> {
    const ask = async (): Promise<T> => {
      const { statusCode, body } = await once(call);
      if (statusCode >= 200 && statusCode < 300) return take(body);
      throw refusal(statusCode, await body.text(), call);
    };
    try {
      return await ask();
    } catch (error) {
      const again = (call.repeatable ?? call.method === "GET") && LOST.has((error as NodeJS.ErrnoException).code ?? "");
      if (!again) throw asFailure(error, origin);
    }
    return ask().catch((error: unknown) => {
      throw asFailure(error, origin);
    });
  }

  return {
    url: `${origin}${root}`,
    json: (call) => read(call, async (body) => parse(await body.text(), call)),
    bytes: (call) => read({ ...call }, async (body) => new Uint8Array(await body.arrayBuffer())),
    close: () => agent.destroy(),
  };
}

function parse(text: string, { method, path }: CouchCall): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new CouchFailure(`${method} ${path} was answered with something that is no JSON.`, undefined, undefined, {
      cause: error,
    });
  }
}

function refusal(status: number, text: string, { method, path }: CouchCall): CouchFailure {
  const { code, reason } = readRefusal(text);
  return new CouchFailure(
    `CouchDB answered ${method} ${path} with ${status} ${reason ?? code ?? ""}`.trim(),
    status,
    code,
  );
}

/** What a proxy in front of CouchDB answers need not be JSON. */
function readRefusal(text: string): { readonly code: string | undefined; readonly reason: string | undefined } {
  const json = text.startsWith("{") ? safelyParsed(text) : null;
  const member = (name: string): string | undefined => {
    const value = isJsonObject(json) ? json[name] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  return { code: member("error"), reason: member("reason") };
}

function safelyParsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null; // the status tells enough
  }
}

function asFailure(error: unknown, origin: string): unknown {
  if (error instanceof CouchFailure || (error as Error).name === "AbortError") return error;
  return new CouchFailure(`CouchDB at ${origin} cannot be reached: ${(error as Error).message}`, undefined, undefined, {
    cause: error,
  });
}
