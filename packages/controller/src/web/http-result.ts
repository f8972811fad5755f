import { BadRequest, isBase64Code, isJsonObject, type Json, type JsonObject, messages } from "@meringue/core";
import { base64Bytes } from "./base64-bytes.ts";
import { isJson, isJsonFamily, type MediaType, mediaTypeText, parseMediaType } from "./media-type.ts";
import { prettyJson } from "./pretty-json.ts";
import { type ResultHeaders, readResultHeaders } from "./response-headers.ts";
import type { WebAnswer, WebEntity, WebHead } from "./web-answer.ts";

/**
 * Bytes of headers that one answer may have: more than any proxy or client would take. An action that asks for more
 * hears of it, where its callers would only see a connection break.
 */
const MAX_HEADER_BYTES = 64 * 1024;
/** Statuses that no body goes with. */
const BODILESS = new Set([204, 205, 304]);

/**
 * Makes an answer of a result that describes one: `{"statusCode", "headers", "body"}`, all of them optional.
 * @throws BadRequest when it describes none
 */
export function httpAnswer(result: Json): WebAnswer {
  if (!isJsonObject(result)) throw notHttp();
  const { statusCode, headers, body = null } = result;
  const read = readHeaders(headers);
  const asked = statusCode === undefined ? undefined : readStatus(statusCode);
  if (body === null || body === "") return { status: asked ?? 204, headers: read.list, entity: undefined };
  const entity = typeof body === "string" ? textEntity(body, read.contentType) : jsonEntity(body, read.contentType);
  const status = asked ?? 200;
  return { status, headers: read.list, entity: BODILESS.has(status) ? undefined : entity };
}

/**
 * What goes before a body that is still being made.
 * @param head `{"statusCode", "headers"}`, both of them optional
 * @throws BadRequest when it describes none
 */
export function httpHead({ statusCode, headers }: JsonObject): WebHead {
  const read = readHeaders(headers);
  const status = statusCode === undefined ? 200 : readStatus(statusCode);
  if (BODILESS.has(status)) return { status, headers: read.list, contentType: undefined };
  const type = parseMediaType(read.contentType ?? "text/html");
  if (type === undefined) throw new BadRequest(messages.contentTypeUnknown);
  return { status, headers: read.list, contentType: mediaTypeText(type, "UTF-8") };
}

/** @throws BadRequest */
function readHeaders(headers: Json | undefined): ResultHeaders {
  const read = readResultHeaders(headers);
  if (read === undefined || bytesOf(read.list) > MAX_HEADER_BYTES) throw notHttp();
  return read;
}

function notHttp(): BadRequest {
  return new BadRequest(messages.resultIsNot("message/http"));
}

/**
 * @returns 200 to 599: what is below is no answer but a word between, after which a client waits for the answer
 * @throws BadRequest
 */
function readStatus(value: Json): number {
  const status = typeof value === "string" && /^[+-]?\d{1,9}$/.test(value) ? Number(value) : value;
  if (typeof status === "number" && Number.isInteger(status) && status >= 200 && status <= 599) return status;
  throw notHttp();
}

function bytesOf(headers: readonly string[]): number {
  // Each line has two more characters after its name and two at its end.
  return headers.reduce((sum, text) => sum + text.length + 2, 0);
}

/** Text goes out as it is, anything else is base64. */
function textEntity(text: string, contentType: string | undefined): WebEntity {
  const type = parseMediaType(contentType ?? "text/html");
  if (type === undefined) throw new BadRequest(messages.contentTypeUnknown);
  // Older actions return JSON as base64 too.
  const encoded = type.form === "binary" || (isJsonFamily(type) && isBase64Code(text));
  const body = encoded ? base64Bytes(text) : text;
  if (body === undefined) throw new BadRequest(messages.contentTypeMismatch);
  return { contentType: mediaTypeText(type, "UTF-8"), body };
}

function jsonEntity(value: Json, contentType: string | undefined): WebEntity {
  const type = parseMediaType(contentType ?? "application/json");
  if (type === undefined || !isJsonFamily(type)) throw new BadRequest(messages.contentTypeMismatch);
  return { contentType: jsonTypeText(type), body: prettyJson(value) };
}

/** JSON is UTF-8, and says nothing of it. */
function jsonTypeText(type: MediaType): string {
  return isJson(type) ? "application/json" : type.essence;
}
