import { type IncomingHttpHeaders, request } from "node:http";
import { undocumented } from "./documented.ts";

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is if a string or a buffer, else as JSON with its content type. */
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names, as they are spelled, and values by turns. */
  readonly rawHeaders: readonly string[];
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON; undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly json: Record<string, unknown> & unknown[];
}

/**
 * One request over real HTTP. The path goes out as it is written: nothing normalises it on the way. An answer that is not
 * as the API's own document tells is an error.
 */
export function call(base: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { hostname, port } = new URL(base);
  const raw = typeof options.body === "string" || Buffer.isBuffer(options.body);
  const body = options.body === undefined || raw ? options.body : JSON.stringify(options.body);
  const type: Record<string, string> = options.body === undefined || raw ? {} : { "Content-Type": "application/json" };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, path, method: options.method ?? "GET", headers: { ...type, ...options.headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString("utf8");
          const { statusCode: status = 0, headers, rawHeaders } = incoming;
          const answer = { status, headers, rawHeaders, text, bytes, json: parse(text) };
          // Under a name of its own, a host has other paths.
          const named = options.headers?.["Host"] !== undefined;
          const complaint = named ? undefined : undocumented(options.method ?? "GET", path, answer);
          if (complaint === undefined) resolve(answer);
          else reject(new Error(complaint));
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body as string | Buffer | undefined);
  });
}

function parse(text: string): Answer["json"] {
  try {
    return JSON.parse(text) as Answer["json"];
  } catch {
    // Many answers are plain text: those are compared as such.
    return undefined as unknown as Answer["json"];
  }
}
