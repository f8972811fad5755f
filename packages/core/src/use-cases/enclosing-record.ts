import { encodeActionLimits } from "../domain/action-limits.ts";
import type { Activation, ActivationResponse, StatusCode } from "../domain/activation.ts";
import { durationOf } from "../domain/activation.ts";
import { CONDUCTOR_ANNOTATION } from "../domain/conductor.ts";
import { SEQUENCE_KIND } from "../domain/exec.ts";
import { isJsonObject } from "../domain/json.ts";
import { getValue, type KeyValue } from "../domain/parameters.ts";
import type { ActivationMessage } from "../ports/dispatcher.ts";

/** A response that is an error. */
export function failure(statusCode: Exclude<StatusCode, 0>, error: string): ActivationResponse {
  return { statusCode, result: { error } };
}

/** What the direct components of a sequence or composition add up to in its record. */
export interface Tally {
  /** Ids, in order. */
  readonly logs: readonly string[];
  /** Sum of the components' durations, in milliseconds. */
  readonly durationMs: number;
  /** The most memory that one of them may have; undefined as long as none is known to have any. */
  readonly memoryMb: number | undefined;
  /** Counts a component that has ended. */
  add(record: Activation): void;
  /** Counts a component of which nothing but the id is known. */
  addId(activationId: string): void;
}

/** @param memoryMb what is known before any component has ended */
export function tally(memoryMb?: number): Tally {
  const logs: string[] = [];
  let durationMs = 0;
  let most = memoryMb;
  return {
    logs,
    get durationMs() {
      return durationMs;
    },
    get memoryMb() {
      return most;
    },
    add(record) {
      logs.push(record.activationId);
      durationMs += durationOf(record) ?? 0;
      const memory = memoryOf(record);
      if (memory !== undefined) most = Math.max(memory, most ?? 0);
    },
    addId: (activationId) => void logs.push(activationId),
  };
}

function memoryOf({ annotations }: Activation): number | undefined {
  const limits = getValue(annotations, "limits");
  const memory = isJsonObject(limits) ? limits["memory"] : undefined;
  return typeof memory === "number" ? memory : undefined;
}

/** Epoch milliseconds between which a sequence or composition ran. */
export interface EnclosingTimes {
  readonly start: number;
  readonly end: number;
}

/** The record of a sequence or composition itself. Its duration is what its components took, not end - start. */
export function enclosingRecord(
  message: ActivationMessage,
  response: ActivationResponse,
  counted: Tally,
  { start, end }: EnclosingTimes,
): Activation {
  const { action } = message.action;
  return {
    namespace: message.user.namespace.name,
    name: action.name,
    version: action.version,
    subject: message.user.subject,
    activationId: message.activationId,
    start,
    end,
    duration: counted.durationMs,
    ...(message.cause === undefined ? {} : { cause: message.cause }),
    response,
    logs: [...counted.logs],
    annotations: annotationsOf(message, counted.memoryMb, Math.max(0, start - message.received)),
    publish: false,
  };
}

function annotationsOf(message: ActivationMessage, memoryMb: number | undefined, waitTime: number): KeyValue[] {
  const { id, action, binding } = message.action;
  const { timeout, logs } = action.limits;
  const limits = memoryMb === undefined ? [] : [{ timeout, memory: memoryMb, logs, concurrency: 1 }];
  return [
    { key: "topmost", value: message.cause === undefined },
    { key: "path", value: id },
    { key: "kind", value: SEQUENCE_KIND },
    ...(action.exec.type === "sequence" ? [] : [{ key: CONDUCTOR_ANNOTATION, value: true }]),
    ...(message.cause === undefined ? [] : [{ key: "causedBy", value: SEQUENCE_KIND }]),
    { key: "waitTime", value: waitTime },
    ...(binding === undefined ? [] : [{ key: "binding", value: binding }]),
    ...limits.map((value) => ({ key: "limits", value: encodeActionLimits(value) })),
  ];
}

/** The response of a sequence or composition that was cut off. */
export function stoppedResponse({ action }: ActivationMessage): ActivationResponse {
  const what = action.action.exec.type === "sequence" ? "sequence" : "composition";
  return failure(3, `The server stopped while the ${what} was running; it was not continued.`);
}
