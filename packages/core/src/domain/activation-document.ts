import type { Activation, ActivationResponse, StatusCode } from "./activation.ts";
import { InternalError, MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { decodeKeyValues, encodeKeyValues, type KeyValue } from "./parameters.ts";

/** The record as stores and the message bus keep it: upstream's form, with `statusCode` and always an `end`. */
export function encodeActivationDocument(activation: Activation): JsonObject {
  const { statusCode, result, size } = activation.response;
  return {
    namespace: activation.namespace,
    name: activation.name,
    version: activation.version,
    subject: activation.subject,
    activationId: activation.activationId,
    start: activation.start,
    end: activation.end,
    ...(activation.duration === undefined ? {} : { duration: activation.duration }),
    ...(activation.cause === undefined ? {} : { cause: activation.cause }),
    response: {
      statusCode,
      ...(result === undefined ? {} : { result }),
      ...(size === undefined ? {} : { size }),
    },
    logs: [...activation.logs],
    annotations: encodeKeyValues(activation.annotations),
    publish: activation.publish,
  };
}

/**
 * Reads what {@link encodeActivationDocument} wrote, whoever wrote it. Unknown members are dropped.
 * @throws InternalError when it is no activation record.
 */
export function decodeActivation(json: Json): Activation {
  if (!isJsonObject(json)) throw corrupted("record");
  const { duration = null, cause = null } = json;
  return {
    namespace: text(json, "namespace"),
    name: text(json, "name"),
    version: text(json, "version"),
    subject: text(json, "subject"),
    activationId: text(json, "activationId"),
    start: number(json, "start"),
    end: number(json, "end"),
    ...(duration === null ? {} : { duration: number(json, "duration") }),
    ...(cause === null ? {} : { cause: text(json, "cause") }),
    response: decodeResponse(json["response"]),
    logs: decodeLogs(json["logs"] ?? []),
    annotations: decodeAnnotations(json["annotations"] ?? []),
    publish: false,
  };
}

function decodeResponse(json: Json | undefined): ActivationResponse {
  if (!isJsonObject(json)) throw corrupted("response");
  const { statusCode, result, size = null } = json;
  if (!isStatusCode(statusCode)) throw corrupted("response.statusCode");
  return {
    statusCode,
    ...(result === undefined ? {} : { result }),
    ...(size === null ? {} : { size: number(json, "size") }),
  };
}

function isStatusCode(json: Json | undefined): json is StatusCode {
  return json === 0 || json === 1 || json === 2 || json === 3;
}

function decodeAnnotations(json: Json): KeyValue[] {
  try {
    return decodeKeyValues(json);
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
    throw corrupted("annotations");
  }
}

function decodeLogs(json: Json): string[] {
  if (!Array.isArray(json)) throw corrupted("logs");
  return json.map((line) => {
    if (typeof line !== "string") throw corrupted("logs");
    return line;
  });
}

function text(json: JsonObject, name: string): string {
  const value = json[name];
  if (typeof value !== "string") throw corrupted(name);
  return value;
}

function number(json: JsonObject, name: string): number {
  const value = json[name];
  if (typeof value !== "number") throw corrupted(name);
  return value;
}

function corrupted(member: string): InternalError {
  return new InternalError(messages.corrupted, { cause: new Error(`bad ${member} in an activation's document`) });
}
