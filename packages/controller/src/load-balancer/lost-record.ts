import type { Activation, ActivationMessage } from "@meringue/core";

/** What becomes of an activation whose invoker is lost, with no way to tell whether it had begun. */
export const INVOKER_LOST =
  "The invoker was lost while it had the activation; whether the action ran is not known, and it was not run again.";

/** What becomes of an activation that its invoker never acknowledged, although it lives. */
export const NOT_ACKNOWLEDGED =
  "The invoker did not tell what came of the activation in time; whether the action ran is not known.";

/** What a caller hears of a result that went by no way at all: it is in no record. */
export const NOT_STORED = "The result of the activation is too large to be sent, and was not stored.";

/** The record of an activation that ends as a whisk internal error without having been seen to run. */
export function lostRecord(message: ActivationMessage, error: string, now: number): Activation {
  const { id, action, binding } = message.action;
  return {
    namespace: message.user.namespace.name,
    name: action.name,
    version: action.version,
    subject: message.user.subject,
    activationId: message.activationId,
    start: now,
    end: now,
    duration: 0,
    ...(message.cause === undefined ? {} : { cause: message.cause }),
    response: { statusCode: 3, result: { error } },
    logs: [],
    annotations: [
      { key: "path", value: id },
      { key: "kind", value: action.exec.kind },
      { key: "timeout", value: false },
      { key: "waitTime", value: Math.max(0, now - message.received) },
      { key: "limits", value: { ...action.limits } },
      ...(message.cause === undefined ? [] : [{ key: "causedBy", value: "sequence" }]),
      ...(binding === undefined ? [] : [{ key: "binding", value: binding }]),
    ],
    publish: false,
  };
}
