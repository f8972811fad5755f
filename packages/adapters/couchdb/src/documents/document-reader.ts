import {
  decodeKeyValues,
  InternalError,
  isJsonObject,
  type Json,
  type JsonObject,
  type KeyValue,
  MalformedContent,
  messages,
} from "@meringue/core";

/** @throws InternalError when the member is no text. */
export function textOf(json: JsonObject, name: string): string {
  const value = json[name];
  if (typeof value !== "string") throw corrupted(name);
  return value;
}

/** @throws InternalError when the member is there and no number. */
export function numberOf(json: JsonObject, name: string, absent: number): number {
  const value = json[name] ?? absent;
  if (typeof value !== "number") throw corrupted(name);
  return value;
}

/** @throws InternalError when the member is no object. */
export function objectOf(json: JsonObject, name: string): JsonObject {
  const value = json[name];
  if (!isJsonObject(value)) throw corrupted(name);
  return value;
}

/** Parameters or annotations; none when the member is absent. @throws InternalError */
export function keyValuesOf(json: JsonObject, name: string): KeyValue[] {
  try {
    return decodeKeyValues((json[name] ?? []) as Json);
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
    throw corrupted(name, error);
  }
}

/** A document that is not what its place says: nobody knows who wrote it. */
export function corrupted(member: string, cause?: unknown): InternalError {
  return new InternalError(messages.corrupted, { cause: cause ?? new Error(`bad ${member} in a document`) });
}
