import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type ByteBudget,
  isJsonObject,
  type Json,
  type JsonObject,
  MalformedContent,
  messages,
  TooLarge,
  takeTurns,
  UnsupportedMediaType,
} from "@meringue/core";
import { collectedBytes } from "./collected-bytes.ts";
import type { ApiRequest } from "./exchange.ts";
import { takeForBody } from "./held-bytes.ts";
import { checkNesting } from "./nesting.ts";
import type { Uploads } from "./uploads.ts";

/** Bytes that any body may have. */
export const MAX_BODY_BYTES = 50 * 1024 * 1024;

const NOTHING = Promise.resolve(Buffer.alloc(0));

/** The body is larger than it may be; answered in plain text. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
  /** As much as is known of its length. */
  readonly lengthBytes: number;

  constructor(lengthBytes: number) {
    super(`The body has ${lengthBytes} bytes or more.`);
    this.lengthBytes = lengthBytes;
  }
}

/** The caller went away before the whole body was there: nobody is left to answer. */
export class BodyAborted extends Error {
  override readonly name = "BodyAborted";
}

/** How many bytes a request announces: none if it does not say. */
export function announcedBytes(request: IncomingMessage): number {
  return Number(request.headers["content-length"] ?? 0);
}

/** How a body is read. */
export interface Reading {
  /** Bytes that it may have: {@link MAX_BODY_BYTES} unless told. */
  readonly maxBytes?: number;
  /** What it counts among while it comes in. */
  readonly uploads?: Uploads;
}

/**
 * Reads a whole body.
 * @throws BodyTooLarge as soon as it is known (then the rest is not kept), BodyAborted
 */
export function readBody(
  request: IncomingMessage,
  { maxBytes = MAX_BODY_BYTES, uploads }: Reading = {},
): Promise<Buffer> {
  const { headers } = request;
  if (headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0") return NOTHING;
  // Its end would never be told.
  if (request.destroyed) return Promise.reject(new BodyAborted("The caller went away before its body was read."));
  const announced = headers["content-length"] === undefined ? undefined : announcedBytes(request);
  return new Promise((resolve, reject) => {
    const body = collectedBytes(announced);
    const upload = uploads?.begin(request);
    const onData = (chunk: Buffer): void => {
      if (body.length + chunk.length > maxBytes) {
        stop();
        // What still comes is dropped: closing instead would often cost the caller the answer.
        request.resume();
        return reject(new BodyTooLarge(body.length + chunk.length));
      }
      body.add(chunk);
      upload?.received(chunk.length);
    };
    const onEnd = (): void => {
      stop();
      resolve(body.whole());
    };
    const onClose = (cause?: Error): void => {
      stop();
      reject(new BodyAborted("The caller went away before the whole body was there.", { cause }));
    };
    function stop(): void {
      upload?.end();
      request.off("data", onData).off("end", onEnd).off("close", onClose);
    }
    request.on("data", onData).on("end", onEnd).on("close", onClose);
    // Stays for good: an error without a listener would end the process.
    request.on("error", onClose);
    sendContinue(request);
  });
}

/**
 * Reads a whole body for the caller that its head named: who lost its key while the body came in is refused.
 * @throws Unauthorized, and as {@link readBody} does
 */
export async function readCallersBody(request: ApiRequest): Promise<Buffer> {
  const body = await readBody(request.raw);
  await request.confirm(request);
  return body;
}

/** Callers that wait for a word before they send their bodies, and what gives it. */
const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/** Notes that a caller sends its body only when it is told to: `Expect: 100-continue`. */
export function awaitsContinue(request: IncomingMessage, response: ServerResponse): void {
  waiting.set(request, response);
}

function sendContinue(request: IncomingMessage): void {
  if (request.headers.expect === undefined) return;
  waiting.get(request)?.writeContinue();
}

/**
 * Reads the body of an invocation.
 * @param allowedBytes that it may have
 * @throws TooLarge, before any of it is read where its length is announced; BodyAborted
 */
export async function readPayload(request: IncomingMessage, allowedBytes: number, uploads?: Uploads): Promise<Buffer> {
  const refusal = (bytes: number): TooLarge => new TooLarge(messages.tooLarge("Request", bytes, allowedBytes));
  const announced = announcedBytes(request);
  if (announced > allowedBytes) throw refusal(announced);
  try {
    return await readBody(request, { maxBytes: allowedBytes, ...(uploads === undefined ? {} : { uploads }) });
  } catch (error) {
    throw error instanceof BodyTooLarge ? refusal(error.lengthBytes) : error;
  }
}

/**
 * Reads the body of an invocation by the caller that its head named.
 * @param budget what it counts among while it comes in
 * @throws as {@link readPayload} does; Unauthorized when the caller has lost its key meanwhile; ServiceUnavailable and
 * TooManyRequests, before any of it is read, when there is too much already
 */
export async function readCallersPayload(
  request: ApiRequest,
  allowedBytes: number,
  budget: ByteBudget | undefined,
): Promise<Buffer> {
  const giveBack = takeForBody(budget, request, allowedBytes);
  try {
    const body = await readPayload(request.raw, allowedBytes);
    const confirmed = request.confirm(request);
    if (confirmed !== undefined) await confirmed;
    return body;
  } finally {
    giveBack();
  }
}

/**
 * The body as JSON.
 * @throws UnsupportedMediaType unless it is declared as JSON (an empty one need not be declared at all);
 * MalformedContent when it is none, or nested too deeply.
 */
export async function parseJsonBody(request: ApiRequest, body: Buffer): Promise<Json> {
  checkContentType(request.headers["content-type"], body.length === 0);
  const text = checkedText(body);
  await takeTurns(body.length);
  return parseJson(text);
}

/**
 * The body as a JSON object; an empty one is `{}`.
 * @throws as {@link parseJsonBody} does, and MalformedContent for any other JSON.
 */
export function parseJsonObjectBody(request: ApiRequest, body: Buffer): JsonObject {
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
