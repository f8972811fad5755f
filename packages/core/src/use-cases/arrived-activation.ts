import type { Activation, ActivationResponse } from "../domain/activation.ts";
import type { TravellingActivation } from "../ports/activation-bus.ts";
import type { ActivationMessage, ExecutableAction } from "../ports/dispatcher.ts";

/** The message of an activation that has travelled, with its action as it was found here. */
export function arrivedMessage(activation: TravellingActivation, action: ExecutableAction): ActivationMessage {
  const { activationId, transid, received, user, blocking, args, initArgs, lockedArgs, cause, extraLogging } =
    activation;
  return {
    activationId,
    transid,
    action,
    user,
    args: args ?? {},
    initArgs,
    ...(Object.keys(lockedArgs).length === 0 ? {} : { lockedArgs }),
    blocking,
    ...(cause === undefined ? {} : { cause }),
    received,
    ...(extraLogging === undefined ? {} : { extraLogging }),
  };
}

/** The record of an activation that has travelled and whose action cannot be had: nothing but its name is known. */
export function recordWithoutAction(
  { activationId, action, user, cause }: TravellingActivation,
  response: ActivationResponse,
  now: number,
): Activation {
  return {
    namespace: user.namespace.name,
    name: action.id.slice(action.id.lastIndexOf("/") + 1),
    version: action.version ?? "0.0.1",
    subject: user.subject,
    activationId,
    start: now,
    end: now,
    duration: 0,
    ...(cause === undefined ? {} : { cause }),
    response,
    logs: [],
    annotations: [
      { key: "path", value: action.id },
      { key: "kind", value: "unknown" },
      ...(cause === undefined ? [] : [{ key: "causedBy", value: "sequence" }]),
    ],
    publish: false,
  };
}
