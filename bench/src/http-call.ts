import { Agent, type IncomingMessage, request } from "node:http";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** From the call to the end of the answer, in milliseconds. */
  readonly ms: number;
}

/** Keeps its connections, and has as many as there are calls at a time. */
export const sharedAgent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** One call with as little as possible around it: node:http, without a pool's queue. */
export function httpCall(
  url: string,
  options: {
    readonly method: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | undefined;
    readonly agent?: Agent;
    /** Rejects when there is no answer within this time, in milliseconds. */
    readonly timeoutMs?: number;
  },
): Promise<Answer> {
  const { method, headers = {}, body, agent = sharedAgent, timeoutMs = 120_000 } = options;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
    const call = request(url, { method, headers: { ...headers, ...length }, agent }, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - started });
      });
    });
    call.setTimeout(timeoutMs, () => call.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    call.on("error", reject);
    call.end(body);
  });
}
