import { messages, NotAcceptable } from "@meringue/core";
import { acceptsJson } from "./accept.ts";
import { corsHeaders } from "./cors.ts";
import type { ApiReply, ApiRequest } from "./exchange.ts";

/** Header names and values by turns, as `writeHead` takes them. */
export type HeaderList = readonly string[];

/** What may become JSON text. */
type Answerable = object | string | number | boolean | null;

/**
 * Answers with compact JSON.
 * @param headers more headers.
 * @throws NotAcceptable when a 2xx is not what the caller accepts; other statuses are answered anyway.
 */
export function sendJson(
  request: ApiRequest,
  reply: ApiReply,
  status: number,
  value: Answerable,
  headers?: HeaderList,
): void {
  if (status < 300 && !acceptsJson(request.headers.accept)) {
    throw new NotAcceptable(messages.notAcceptable(), { rejection: true });
  }
  send(request, reply, status, "application/json", JSON.stringify(value), headers);
}

/** Answers with plain text. */
export function sendText(request: ApiRequest, reply: ApiReply, status: number, text: string): void {
  send(request, reply, status, "text/plain; charset=UTF-8", text);
}

/** Answers with a body of any type, and the CORS headers that belong to the URL. */
export function send(
  request: ApiRequest,
  reply: ApiReply,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: HeaderList = [],
): void {
  sendBare(request, reply, status, contentType, body, [...corsHeaders(request.raw.url ?? ""), ...headers]);
}

/** Answers with exactly these headers, `X-Request-ID` and what HTTP needs. */
export function sendBare(
  request: ApiRequest,
  reply: ApiReply,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: HeaderList,
): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
  reply.raw.writeHead(status, [
    "X-Request-ID",
    request.id,
    "Content-Type",
    contentType,
    "Content-Length",
    String(length),
    ...headers,
  ]);
  reply.raw.end(body);
}

/** Answers 204: it went well, and there is nothing to say. */
export function sendNothing(request: ApiRequest, reply: ApiReply): void {
  reply.raw.writeHead(204, ["X-Request-ID", request.id, ...corsHeaders(request.raw.url ?? "")]);
  reply.raw.end();
}

/** Sends the caller elsewhere for good. */
export function redirect(request: ApiRequest, reply: ApiReply, location: string): void {
  const text = `The request, and all future requests should be repeated using ${location}.`;
  send(request, reply, 308, "text/plain; charset=UTF-8", text, ["Location", location]);
}
