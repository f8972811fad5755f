import type { Json } from "./json.ts";
import type { KeyValue } from "./parameters.ts";

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
