import { type ActivationResponse, isJsonObject, type Json, resultMessages, type StatusCode } from "@meringue/core";
import type { Answer } from "./answer.ts";

/** What an answer to `/init` means. */
export type InitVerdict =
  | { readonly kind: "ready" }
  | { readonly kind: "reschedule" }
  | { readonly kind: "failed"; readonly response: ActivationResponse; readonly timedOut: boolean };

/** What an answer to `/run` means. */
export type RunVerdict =
  | { readonly kind: "reschedule" }
  | { readonly kind: "done"; readonly response: ActivationResponse; readonly timedOut: boolean };

/** What is known beside the answer. */
export interface Circumstances {
  /** The action's time limit, in milliseconds. */
  readonly timeoutMs: number;
  /** Largest answer allowed, in bytes: the texts name it. */
  readonly maxBytes: number;
  /** Whether the container was ended for using too much memory. */
  readonly outOfMemory: boolean;
}

const SHUTTING_DOWN = 503;

/** A response that carries only an error. */
export function failure(statusCode: Exclude<StatusCode, 0>, error: Json, size?: number): ActivationResponse {
  return size === undefined ? { statusCode, result: { error } } : { statusCode, result: { error }, size };
}

/** Judges the answer to `/init`. */
export function judgeInit(answer: Answer, about: Circumstances): InitVerdict {
  const failed = (response: ActivationResponse, timedOut = false): InitVerdict => ({
    kind: "failed",
    response,
    timedOut,
  });
  switch (answer.kind) {
    case "timed-out":
      return failed(failure(2, resultMessages.initTimedOut(about.timeoutMs)), true);
    case "refused":
    case "lost":
      return failed(failure(2, about.outOfMemory ? resultMessages.memoryExhausted : resultMessages.initAbnormal));
    case "too-long":
      return failed(failure(2, tooLongText(answer, about), answer.lengthBytes));
    case "answered": {
      if (answer.status === 200) return { kind: "ready" };
      if (answer.status === SHUTTING_DOWN) return { kind: "reschedule" };
      if (about.outOfMemory) return failed(failure(2, resultMessages.memoryExhausted));
      const error = errorOf(parseOrUndefined(answer.body));
      return failed(failure(2, error ?? resultMessages.initFailed(answer.body)));
    }
  }
}

/** Judges the answer to `/run`. */
export function judgeRun(answer: Answer, about: Circumstances): RunVerdict {
  const done = (response: ActivationResponse, timedOut = false): RunVerdict => ({ kind: "done", response, timedOut });
  switch (answer.kind) {
    case "timed-out":
      return done(failure(2, resultMessages.runTimedOut(about.timeoutMs)), true);
    case "refused":
    case "lost":
      return done(failure(2, about.outOfMemory ? resultMessages.memoryExhausted : resultMessages.runAbnormal));
    case "too-long":
      return done(failure(1, tooLongText(answer, about), answer.lengthBytes));
    case "answered":
      if (answer.status === SHUTTING_DOWN) return { kind: "reschedule" };
      if (about.outOfMemory && answer.status !== 200) return done(failure(2, resultMessages.memoryExhausted));
      return done(judgeBody(answer.status, answer.body));
  }
}

function judgeBody(status: number, body: string): ActivationResponse {
  const result = parseOrUndefined(body);
  const size = body.length;
  if (isJsonObject(result)) {
    const error = errorOf(result);
    if (error !== undefined) return failure(status === 200 ? 1 : 2, error, size);
    if (status === 200) return { statusCode: 0, result, size };
  } else if (Array.isArray(result) && status === 200) {
    return { statusCode: 0, result, size };
  }
  return failure(2, resultMessages.runInvalid(body), size);
}

function errorOf(result: Json | undefined): Json | undefined {
  return isJsonObject(result) && Object.hasOwn(result, "error") ? result["error"] : undefined;
}

function parseOrUndefined(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // not JSON: the callers' texts say so
  }
}

function tooLongText(answer: Extract<Answer, { kind: "too-long" }>, { maxBytes }: Circumstances): string {
  return resultMessages.responseTruncated(answer.lengthBytes, maxBytes, answer.prefix);
}
