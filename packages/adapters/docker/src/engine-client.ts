import type { Readable } from "node:stream";
import { Pool } from "undici";

/** The oldest API that has all that is used here: Docker 20.10's. */
export const OLDEST_API_VERSION = "1.41";
/** The newest API that this adapter was written against; newer engines still speak it. */
const NEWEST_API_VERSION = "1.47";
/** How much of an engine's answer an error message repeats, in characters. */
const MESSAGE_LIMIT = 2_000;

/** The engine refused a call, or did not answer it. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** HTTP status of the refusal; undefined when no answer came: then the call may still take effect. */
  readonly status: number | undefined;

  constructor(status: number | undefined, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

export interface EngineCall {
  /** JSON body. */
  readonly body?: unknown;
  /** How long the whole answer may take, in milliseconds; undefined waits for ever. */
  readonly timeoutMs?: number;
  /** Gives up waiting; the engine may still do what it was asked to. */
  readonly signal?: AbortSignal;
}

/** Speaks the Engine API over one Unix socket, on kept-alive connections: as many as there are calls at a time. */
export interface EngineClient {
  /**
   * @returns the parsed body, undefined when it is empty.
   * @throws EngineError for every answer but 2xx (and 304, "already so"), and when none came.
   */
  call(method: "GET" | "POST" | "DELETE", path: string, call?: EngineCall): Promise<unknown>;
  /**
   * Opens an answer of unknown length, such as an attached stream.
   * @param call.timeoutMs how long the first byte of the answer's head may take
   * @throws EngineError as `call` does.
   */
  open(method: "GET" | "POST", path: string, call?: EngineCall & { readonly upload?: Readable }): Promise<Readable>;
  /** Speaks another version from now on. */
  useVersion(version: string): void;
  /** Ends all connections, in use or not. */
  close(): Promise<void>;
}

/** @param socketPath the engine's Unix socket */
export function engineClient(socketPath: string): EngineClient {
  // The pool's own timeouts are off: every call states its own, and streams have none.
  const pool = new Pool("http://docker", { socketPath, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 60_000 });
  let prefix = "";

  const request = async (method: string, path: string, call: EngineCall & { readonly upload?: Readable }) => {
    const signal = call.signal === undefined ? {} : { signal: call.signal };
    const sent =
      call.upload !== undefined
        ? { body: call.upload, headers: { "content-type": "application/x-tar" } }
        : call.body === undefined
          ? {}
          : { body: JSON.stringify(call.body), headers: { "content-type": "application/json" } };
    const response = await pool.request({ method, path: `${prefix}${path}`, ...sent, ...signal });
    if (response.statusCode < 300 || response.statusCode === 304) return response;
    throw new EngineError(response.statusCode, refusalText(response.statusCode, await response.body.text()));
  };

  return {
    async call(method, path, call = {}) {
      return translated(socketPath, `${method} ${path}`, call, async (signal) => {
        const response = await request(method, path, { ...call, ...signal });
        const text = await response.body.text();
        return text === "" ? undefined : (JSON.parse(text) as unknown);
      });
    },
    async open(method, path, call = {}) {
      const head = new AbortController();
      const timer = setTimeout(() => head.abort(timedOut(call.timeoutMs)), call.timeoutMs ?? 2 ** 31 - 1);
      const signal = call.signal === undefined ? head.signal : AbortSignal.any([head.signal, call.signal]);
      try {
        return await translated(
          socketPath,
          `${method} ${path}`,
          {},
          async () => (await request(method, path, { ...call, signal })).body,
        );
      } finally {
        clearTimeout(timer);
      }
    },
    useVersion(version) {
      prefix = `/v${version}`;
    },
    close: () => pool.destroy(),
  };
}

/**
 * Settles on an API version that both sides speak.
 * @throws EngineError when the engine is too old, or does not answer.
 */
export async function negotiateVersion(engine: EngineClient, timeoutMs: number): Promise<void> {
  const offered = (await engine.call("GET", "/version", { timeoutMs })) as { ApiVersion?: unknown };
  const version = String(offered.ApiVersion);
  if (!/^\d+\.\d+$/.test(version) || olderThan(version, OLDEST_API_VERSION)) {
    throw new EngineError(400, `it speaks API ${version}, and at least ${OLDEST_API_VERSION} (Docker 20.10) is needed`);
  }
  engine.useVersion(olderThan(version, NEWEST_API_VERSION) ? version : NEWEST_API_VERSION);
}

function olderThan(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}

/** Runs an exchange under its time limit, and names engine, call and cause in whatever goes wrong. */
async function translated<T>(
  socketPath: string,
  what: string,
  { timeoutMs, signal }: EngineCall,
  exchange: (signal: { signal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  const timeout = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => timeout.abort(timedOut(timeoutMs)), timeoutMs);
  const signals = [timeout.signal, ...(signal === undefined ? [] : [signal])];
  try {
    return await exchange(timeoutMs === undefined && signal === undefined ? {} : { signal: AbortSignal.any(signals) });
  } catch (error) {
    if (error instanceof EngineError && error.status !== undefined) throw error;
    const why = error instanceof Error ? error.message || ((error as NodeJS.ErrnoException).code ?? error.name) : "";
    throw new EngineError(undefined, `the Docker engine at ${socketPath} did not answer ${what}: ${why}`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
  }
}

function timedOut(timeoutMs: number | undefined): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}

/** The engine's own words: `{"message": …}`, or whatever it sent. */
function refusalText(status: number, body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string") return message.slice(0, MESSAGE_LIMIT);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return body.trim().slice(0, MESSAGE_LIMIT) || `status ${status}`;
}
