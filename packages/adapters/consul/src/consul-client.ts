import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { ServiceUnavailable } from "@meringue/core";

/** Where a Consul agent is, and as whom to speak to it. */
export interface ConsulServer {
  /** `http://HOST:PORT` or `https://…`. */
  readonly url: string;
  /** Of its access control lists; none for an agent that has none. */
  readonly token?: string;
  readonly datacenter?: string;
}

export interface ConsulCall {
  readonly method: "GET" | "PUT" | "DELETE";
  /** From the root, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
  /** Statuses beside 2xx that are answers too. */
  readonly also?: readonly number[];
  /** How long the agent may be silent, in milliseconds. Default {@link SILENCE_MS}. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

export interface ConsulAnswer {
  readonly status: number;
  /** Parsed; undefined when there was nothing. */
  readonly json: unknown;
  /** What a query that is to wait for a change begins from; 0 when the agent told none. */
  readonly index: number;
}

/** Speaks HTTP with one agent. */
export interface ConsulClient {
  /** @throws ServiceUnavailable for every other status, and when there is no answer; AbortError. */
  call(call: ConsulCall): Promise<ConsulAnswer>;
  close(): void;
}

const SILENCE_MS = 10_000;
/** Bytes of an answer: thousands of invokers, each with all that it may tell. */
const MAX_ANSWER_BYTES = 256 * 1_048_576;

export function consulClient({ url, token, datacenter }: ConsulServer): ConsulClient {
  const root = new URL(url);
  const isTls = root.protocol === "https:";
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const ask = isTls ? httpsRequest : httpRequest;

  const once = async ({ method, path, query = {}, body, silenceMs = SILENCE_MS, signal }: ConsulCall): Promise<Raw> => {
    const target = new URL(`${root.pathname.replace(/\/$/, "")}${path}`, root);
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, String(value));
    if (datacenter !== undefined) target.searchParams.set("dc", datacenter);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = ask(
      target,
      {
        method,
        agent,
        timeout: silenceMs,
        headers: token === undefined ? {} : { "X-Consul-Token": token },
        ...(signal === undefined ? {} : { signal }),
      },
      resolve,
    );
    request.once("error", reject);
    request.once("timeout", () => request.destroy(new Error(`no answer within ${silenceMs} ms`)));
    request.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
    const response = await promise;
    return { response, text: await textOf(response) };
  };

  return {
    async call(call) {
      const { response, text } = await once(call).catch((error: Error) => {
        if (error.name === "AbortError") throw error;
        throw unavailable(`Consul at ${root.origin} cannot be reached: ${error.message}`, error);
      });
      const status = response.statusCode ?? 0;
      const answered = (status >= 200 && status < 300) || call.also?.includes(status) === true;
      const what = `${call.method} ${call.path}`;
      if (!answered) throw unavailable(`Consul answered ${what} with ${status} ${text.slice(0, 200).trim()}`);
      const index = Number(response.headers["x-consul-index"] ?? 0);
      return { status, json: parsed(text, status, what), index: Number.isFinite(index) ? index : 0 };
    },
    close: () => agent.destroy(),
  };
}

interface Raw {
  readonly response: IncomingMessage;
  readonly text: string;
}

/** The cause carries what is for the log. */
function unavailable(text: string, cause?: Error): ServiceUnavailable {
  return new ServiceUnavailable(undefined, { cause: new Error(text, cause === undefined ? {} : { cause }) });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string, status: number, what: string): unknown {
  if (text === "" || status >= 300) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unavailable(`Consul answered ${what} with something that is no JSON.`, error as Error);
  }
}
