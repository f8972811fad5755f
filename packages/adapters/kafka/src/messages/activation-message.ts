import { isJsonObject, type JsonObject, type TravellingActivation } from "@meringue/core";
import {
  decodeAction,
  decodeIdentity,
  decodeTransaction,
  encodeAction,
  encodeController,
  encodeIdentity,
  encodeTransaction,
} from "./building-blocks.ts";
import { booleanOf, MalformedMessage, objectAt, optionalTextOf, textMapOf, textOf, textsOf } from "./read-json.ts";

const ACTIVATION_ID = /^[0-9a-f]{32}$/;

/** An activation on `invokerN`, with upstream's members. What only we know is in `meringue`, which others do not read. */
export function encodeActivationMessage(activation: TravellingActivation): JsonObject {
  const { transid: id, received: startedAt, extraLogging = false, args, cause, traceContext, streamTo } = activation;
  return {
    transid: encodeTransaction({ id, startedAt, extraLogging }),
    action: encodeAction(activation.action),
    revision: activation.action.rev ?? null,
    user: encodeIdentity(activation.user),
    activationId: activation.activationId,
    rootControllerIndex: encodeController(activation.controller),
    blocking: activation.blocking,
    ...(args === undefined ? {} : { content: args }),
    initArgs: [...activation.initArgs],
    lockedArgs: { ...activation.lockedArgs },
    ...(cause === undefined ? {} : { cause }),
    ...(traceContext === undefined ? {} : { traceContext: { ...traceContext } }),
    ...(streamTo === undefined ? {} : { meringue: { streamTo } }),
  };
}

/** @throws MalformedMessage, or MalformedContent where limits are none. */
export function decodeActivationMessage(json: JsonObject): TravellingActivation {
  const transaction = decodeTransaction(json["transid"]);
  const activationId = textOf(json, "activationId");
  if (!ACTIVATION_ID.test(activationId)) throw new MalformedMessage("activationId is no id");
  const { content, traceContext = null } = json;
  const cause = optionalTextOf(json, "cause");
  const streamTo = isJsonObject(json["meringue"]) ? optionalTextOf(json["meringue"], "streamTo") : undefined;
  return {
    activationId,
    transid: transaction.id,
    received: transaction.startedAt,
    action: { ...decodeAction(json["action"]), rev: optionalTextOf(json, "revision") },
    user: decodeIdentity(objectAt(json, "user")),
    controller: textOf(objectAt(json, "rootControllerIndex"), "asString"),
    blocking: booleanOf(json, "blocking"),
    args: content,
    initArgs: textsOf(json, "initArgs"),
    lockedArgs: textMapOf(json, "lockedArgs"),
    ...(cause === undefined ? {} : { cause }),
    ...(traceContext === null ? {} : { traceContext: textMapOf(json, "traceContext") }),
    ...(transaction.extraLogging ? { extraLogging: true } : {}),
    ...(streamTo === undefined ? {} : { streamTo }),
  };
}
