import {
  type Activation,
  decodeActivation,
  encodeActivationDocument,
  isJsonObject,
  type Json,
  type JsonObject,
} from "@meringue/core";
import { corrupted } from "./document-reader.ts";

/** The id of a record's document. */
export function recordId(namespace: string, activationId: string): string {
  return `${namespace}/${activationId}`;
}

/** The document of a record, as upstream stores it. */
export function encodeRecord(activation: Activation): JsonObject {
  return {
    _id: recordId(activation.namespace, activation.activationId),
    entityType: "activation",
    ...encodeActivationDocument(activation),
    updated: activation.end === 0 ? activation.start : activation.end,
  };
}

/** @throws InternalError when it is no record. */
export function decodeRecord(document: Json): Activation {
  return decodeActivation(document);
}

/** Reads what the views emit: all that a listing shows; subject, logs and result are not among it. */
export function decodeSummary(value: Json): Activation {
  if (!isJsonObject(value)) throw corrupted("summary");
  const { end = 0, statusCode = 0 } = value;
  return decodeActivation({ ...value, subject: "", end, response: { statusCode }, logs: [] });
}
