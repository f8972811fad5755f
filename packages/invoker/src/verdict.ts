import { type ActivationResponse, isJsonObject, type Json, resultMessages, type StatusCode } from "@meringue/core";
import type { Answer } from "./answer.ts";
import { nestsDeeperThan } from "./nesting.ts";

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

const OK = 200;
const NO_CONTENT = 204;
const SHUTTING_DOWN = 503;
/** Deeper results could not be written down again: who serialises values goes as deep as the stack does. */
const MAX_NESTING = 1_000;

/** A response that carries only an error. */
export function failure(statusCode: Exclude<StatusCode, 0>, error: Json, size?: number): ActivationResponse {
  return size === undefined ? { statusCode, result: { error } } : { statusCode, result: { error }, size };
}

/** Judges the answer to `/init`. */
export function judgeInit(answer: Answer, about: Circumstances): InitVerdict {
  const failed = (error: Json, size?: number): InitVerdict => ({
    kind: "failed",
    response: failure(2, error, size),
    timedOut: answer.kind === "timed-out",
  });
  switch (answer.kind) {
    case "timed-out":
      return failed(resultMessages.initTimedOut(about.timeoutMs));
    case "refused": // it ended before anybody told it anything
      return about.outOfMemory ? failed(resultMessages.memoryExhausted) : { kind: "reschedule" };
    case "lost":
      return failed(about.outOfMemory ? resultMessages.memoryExhausted : resultMessages.initAbnormal);
    case "too-long":
      return failed(tooLongText(answer, about), answer.lengthBytes);
    case "answered": {
      const { status, body } = answer;
      if (status === OK) return { kind: "ready" };
      if (status === SHUTTING_DOWN) return { kind: "reschedule" };
      if (about.outOfMemory) return failed(resultMessages.memoryExhausted);
      if (status === NO_CONTENT) return failed(resultMessages.initAbnormal);
      const error = errorOf(parseOrUndefined(body));
      return failed(error === undefined ? resultMessages.initFailed(body) : error, body.length);
    }
  }
}

/** Judges the answer to `/run`. */
export function judgeRun(answer: Answer, about: Circumstances): RunVerdict {
  const done = (response: ActivationResponse): RunVerdict => ({
    kind: "done",
    response,
    timedOut: answer.kind === "timed-out",
  });
  switch (answer.kind) {
    case "timed-out":
      return done(failure(2, resultMessages.runTimedOut(about.timeoutMs)));
    case "refused":
    case "lost":
      return done(failure(2, about.outOfMemory ? resultMessages.memoryExhausted : resultMessages.runAbnormal));
    case "too-long":
      return done(failure(1, tooLongText(answer, about), answer.lengthBytes));
    case "answered": {
      const { status, body } = answer;
      if (status === SHUTTING_DOWN) return { kind: "reschedule" };
      if (about.outOfMemory && status !== OK) return done(failure(2, resultMessages.memoryExhausted));
      if (status === NO_CONTENT) return done(failure(2, resultMessages.runAbnormal));
      return done(judgeBody(status, body, answer.sizeBytes));
    }
  }
}

function judgeBody(status: number, body: string, size = body.length): ActivationResponse {
  const result = parseOrUndefined(body);
  if (isJsonObject(result)) {
    const error = errorOf(result);
    if (error !== undefined) return failure(status === OK ? 1 : 2, error, size);
    if (status === OK) return { statusCode: 0, result, size };
  } else if (Array.isArray(result) && status === OK) {
    return { statusCode: 0, result, size };
  }
  return failure(2, resultMessages.runInvalid(body), size);
}

function errorOf(result: Json | undefined): Json | undefined {
  return isJsonObject(result) && Object.hasOwn(result, "error") ? result["error"] : undefined;
}

function parseOrUndefined(text: string): Json | undefined {
  if (nestsDeeperThan(MAX_NESTING, text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // not JSON: the callers' texts say so
  }
}

function tooLongText(answer: Extract<Answer, { kind: "too-long" }>, { maxBytes }: Circumstances): string {
  return resultMessages.responseTruncated(answer.lengthBytes, maxBytes, answer.prefix);
}
