import type { Json } from "@meringue/core";

/** A plain client: the API's answers as they are, without a library's interpretation. */
export interface ApiClient {
  readonly base: string;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiAnswer>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is JSON. */
  readonly json: Json | undefined;
}

/** @param url of the server @param auth `uuid:key` */
export function apiClient(url: string, auth: string): ApiClient {
  const base = `${url}/api/v1`;
  return {
    base,
    async call(method, path, body, headers = {}) {
      const response = await fetch(path.startsWith("/api") ? `${url}${path}` : `${base}/namespaces/_/${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(auth).toString("base64")}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type") === "application/json";
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson ? (JSON.parse(text) as Json) : undefined,
      };
    },
  };
}
