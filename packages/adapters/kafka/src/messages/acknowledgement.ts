import {
  type Acknowledgement,
  type Activation,
  decodeActivation,
  encodeActivationDocument,
  type Json,
  type JsonObject,
} from "@meringue/core";
import { decodeInvoker, decodeTransaction, encodeInvoker, encodeTransaction } from "./building-blocks.ts";
import { booleanOf, MalformedMessage, objectAt, textOf } from "./read-json.ts";

/**
 * What goes to `completed<controller>`.
 * @param sentAt epoch milliseconds, for the transaction's second half, which nobody reads there.
 */
export function encodeAcknowledgement(ack: Acknowledgement, sentAt: number): JsonObject {
  const transid = encodeTransaction({ id: ack.transid, startedAt: sentAt, extraLogging: false });
  switch (ack.kind) {
    case "result":
      return { transid, response: encodeRecord(ack) };
    case "completion":
      return { transid, activationId: ack.activationId, ...slot(ack) };
    case "combined":
      return { transid, response: encodeRecord(ack), ...slot(ack) };
  }
}

function slot(ack: Exclude<Acknowledgement, { kind: "result" }>): JsonObject {
  return { isSystemError: ack.isSystemError, instance: encodeInvoker(ack.invoker) };
}

function encodeRecord({
  activationId,
  activation,
}: {
  activationId: string;
  activation: Activation | undefined;
}): Json {
  return activation === undefined ? activationId : encodeActivationDocument(activation);
}

/** The same without its record. @returns undefined when there is none in it to leave out. */
export function shrunk(ack: Acknowledgement): Acknowledgement | undefined {
  return ack.kind === "completion" || ack.activation === undefined ? undefined : { ...ack, activation: undefined };
}

/** @throws MalformedMessage, or InternalError when the record in it is none. */
export function decodeAcknowledgement(json: JsonObject): Acknowledgement {
  const { id: transid } = decodeTransaction(json["transid"]);
  const { response = null, instance = null } = json;
  if (instance === null && response === null) throw new MalformedMessage("neither response nor instance");
  if (instance === null) return { kind: "result", transid, ...decodeRecord(response) };
  const freed = { isSystemError: booleanOf(json, "isSystemError"), invoker: decodeInvoker(objectAt(json, "instance")) };
  return response === null
    ? { kind: "completion", transid, activationId: textOf(json, "activationId"), ...freed }
    : { kind: "combined", transid, ...decodeRecord(response), ...freed };
}

function decodeRecord(response: Json): { activationId: string; activation: Activation | undefined } {
  if (typeof response === "string") return { activationId: response, activation: undefined };
  const activation = decodeActivation(response);
  return { activationId: activation.activationId, activation };
}
