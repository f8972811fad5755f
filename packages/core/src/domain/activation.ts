import { BadRequest } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { encodeKeyValues, type KeyValue } from "./parameters.ts";

/** 0 success, 1 application error, 2 action developer error, 3 whisk internal error. */
export type StatusCode = 0 | 1 | 2 | 3;

/** How `response.status` of a record spells each {@link StatusCode}. */
export const STATUS_TEXTS = [
  "success",
  "application error",
  "action developer error",
  "whisk internal error",
] as const satisfies Record<StatusCode, string>;

/** What came of an activation. */
export interface ActivationResponse {
  readonly statusCode: StatusCode;
  /** Absent when there was nothing to judge. Of a failure: `{"error": …}`. */
  readonly result?: Json;
  /** Length of the runtime's raw answer in UTF-16 units, or in bytes when it was truncated. */
  readonly size?: number;
}

/** The record that every accepted activation ends in, exactly once. Times are epoch milliseconds. */
export interface Activation {
  /** The invoker's namespace, not the action's. */
  readonly namespace: string;
  /** Name of the action without its package. */
  readonly name: string;
  readonly version: string;
  readonly subject: string;
  /** 32 lower-case hexadecimal digits. */
  readonly activationId: string;
  readonly start: number;
  /** 0 where it does not apply (a trigger's activation): left out on the wire. */
  readonly end: number;
  /** Given where it differs from end - start. */
  readonly duration?: number;
  /** Id of the enclosing sequence or composition. */
  readonly cause?: string;
  readonly response: ActivationResponse;
  readonly logs: readonly string[];
  readonly annotations: readonly KeyValue[];
  readonly publish: false;
}

const ID = /^[0-9a-f]{32}$/;

/** What a document says of an activation's id. */
export const ACTIVATION_ID_PART = { type: "string", pattern: ID.source };

/** Reads the id of an activation from a path. @throws BadRequest when it is not 32 lower-case hexadecimal digits. */
export function parseActivationId(text: string): string {
  if (text.length !== 32) throw new BadRequest(messages.activationIdLength(text.length), { rejection: true });
  if (!ID.test(text)) throw new BadRequest(messages.activationIdIllegal, { rejection: true });
  return text;
}

/** How long it took, in milliseconds; undefined where that does not apply. */
export function durationOf({
  start,
  end,
  duration,
}: Pick<Activation, "start" | "end" | "duration">): number | undefined {
  return end === 0 ? undefined : (duration ?? end - start);
}

/** The record as the API shows it. */
export function encodeActivation(activation: Activation): JsonObject {
  const duration = durationOf(activation);
  return {
    ...encodeHead(activation),
    subject: activation.subject,
    ...(duration === undefined ? {} : { end: activation.end, duration }),
    response: encodeResponse(activation.response),
    logs: [...activation.logs],
  };
}

/** The `response` of a record, which is also the answer to `/activations/{id}/result`. */
export function encodeResponse({ statusCode, result, size }: ActivationResponse): JsonObject {
  return {
    status: STATUS_TEXTS[statusCode],
    success: statusCode === 0,
    ...(result === undefined ? {} : { result }),
    ...(size === undefined ? {} : { size }),
  };
}

/** The record as listings show it. Its duration is end - start, also where the record has another. */
export function encodeActivationSummary(activation: Activation): JsonObject {
  const { start, end, response } = activation;
  return {
    ...encodeHead(activation),
    ...(end === 0 ? {} : { end, duration: end - start, statusCode: response.statusCode }),
  };
}

function encodeHead(activation: Activation): JsonObject {
  return {
    namespace: activation.namespace,
    name: activation.name,
    version: activation.version,
    publish: activation.publish,
    activationId: activation.activationId,
    start: activation.start,
    ...(activation.cause === undefined ? {} : { cause: activation.cause }),
    annotations: encodeKeyValues(activation.annotations),
  };
}
