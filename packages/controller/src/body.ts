import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  MalformedContent,
  messages,
  takeTurns,
  UnsupportedMediaType,
} from "@meringue/core";
import type { FastifyRequest } from "fastify";
import { checkNesting } from "./nesting.ts";

/** Bytes that any body may have. */
export const MAX_BODY_BYTES = 50 * 1024 * 1024;

const NOTHING = Promise.resolve(Buffer.alloc(0));

/** The body is beyond {@link MAX_BODY_BYTES}; answered in plain text. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

/** The caller went away before the whole body was there: nobody is left to answer. */
export class BodyAborted extends Error {
  override readonly name = "BodyAborted";
}

/** Whether a request announces more bytes than any body may have. */
export function announcesTooMuch(request: IncomingMessage): boolean {
  return Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES;
}

/**
 * Reads a whole body.
 * @throws BodyTooLarge (then the rest is not read), BodyAborted
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const { headers } = request;
  if (headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0") return NOTHING;
  // Its end would never be told.
  if (request.destroyed) return Promise.reject(new BodyAborted("The caller went away before its body was read."));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= MAX_BODY_BYTES) return;
      stop();
      // What still comes is dropped: closing instead would often cost the caller the answer.
      request.resume();
      reject(new BodyTooLarge());
    };
    const onEnd = (): void => {
      stop();
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    };
    const onClose = (cause?: Error): void => {
      stop();
      reject(new BodyAborted("The caller went away before the whole body was there.", { cause }));
    };
    function stop(): void {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
    }
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    // Stays for good: an error without a listener would end the process.
    request.on("error", onClose);
  });
}

/**
 * The body as JSON.
 * @throws UnsupportedMediaType unless it is declared as JSON (an empty one need not be declared at all);
 * MalformedContent when it is none, or nested too deeply.
 */
export async function parseJsonBody(request: FastifyRequest, body: Buffer): Promise<Json> {
  checkContentType(request.headers["content-type"], body.length === 0);
  const text = checkedText(body);
  await takeTurns(body.length);
  return parseJson(text);
}

/**
 * The body as a JSON object; an empty one is `{}`.
 * @throws as {@link parseJsonBody} does, and MalformedContent for any other JSON.
 */
export function parseJsonObjectBody(request: FastifyRequest, body: Buffer): JsonObject {
  checkContentType(request.headers["content-type"], body.length === 0);
  if (body.length === 0) return {};
  const json = parseJson(checkedText(body));
  if (!isJsonObject(json)) throw new MalformedContent(messages.payloadNotAnObject);
  return json;
}

function checkContentType(contentType: string | undefined, empty: boolean): void {
  if (contentType === "application/json") return;
  if (contentType === undefined && empty) return;
  const declared = contentType ?? "application/octet-stream";
  const [type = "", ...parameters] = declared.split(";");
  if (type.trim().toLowerCase() === "application/json") return;
  const shown = [type.trim().toLowerCase(), ...parameters.map((p) => p.trim()).filter((p) => p !== "")].join("; ");
  throw new UnsupportedMediaType(messages.unsupportedContentType(shown), { rejection: true });
}

/** JSON, whatever it was declared as. @throws MalformedContent when it is none, or nested too deeply. */
export function parseJsonBytes(body: Buffer): Json {
  return parseJson(checkedText(body));
}

/** @throws MalformedContent when it is no UTF-8, or would be nested too deeply. */
function checkedText(body: Buffer): string {
  if (!isUtf8(body)) throw new MalformedContent("The body is not valid UTF-8.");
  checkNesting(body);
  return body.toString("utf8");
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new MalformedContent((cause as SyntaxError).message, { cause });
  }
}
