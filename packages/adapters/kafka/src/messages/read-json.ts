import { isJsonObject, type Json, type JsonObject } from "@meringue/core";

/** A message that is not what its topic carries. It is set aside; see quarantine. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

/** @throws MalformedMessage when the bytes are no JSON object. */
export function parseObject(bytes: Uint8Array | undefined): JsonObject {
  if (bytes === undefined) throw new MalformedMessage("no value");
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch (error) {
    throw new MalformedMessage("no JSON", { cause: error });
  }
  if (!isJsonObject(json)) throw new MalformedMessage("no JSON object");
  return json;
}

/** The bytes of a message: compact JSON in UTF-8. */
export function jsonBytes(json: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(json));
}

/** @throws MalformedMessage unless the member is a string. */
export function textOf(json: JsonObject, member: string): string {
  const value = json[member];
  if (typeof value !== "string") throw new MalformedMessage(`${member} is no string`);
  return value;
}

/** As {@link textOf}; null is as good as nothing. */
export function optionalTextOf(json: JsonObject, member: string): string | undefined {
  return (json[member] ?? null) === null ? undefined : textOf(json, member);
}

/** @throws MalformedMessage unless the member is a number. */
export function numberOf(json: JsonObject, member: string): number {
  const value = json[member];
  if (typeof value !== "number") throw new MalformedMessage(`${member} is no number`);
  return value;
}

/** As {@link numberOf}; null is as good as nothing. */
export function optionalNumberOf(json: JsonObject, member: string): number | undefined {
  return (json[member] ?? null) === null ? undefined : numberOf(json, member);
}

/** @throws MalformedMessage unless the member is a boolean. */
export function booleanOf(json: JsonObject, member: string): boolean {
  const value = json[member];
  if (typeof value !== "boolean") throw new MalformedMessage(`${member} is no boolean`);
  return value;
}

/** @throws MalformedMessage unless the member is an object. */
export function objectAt(json: JsonObject, member: string): JsonObject {
  const value = json[member];
  if (!isJsonObject(value)) throw new MalformedMessage(`${member} is no object`);
  return value;
}

/** Nothing is an empty list. @throws MalformedMessage unless the member is an array of strings. */
export function textsOf(json: JsonObject, member: string): readonly string[] {
  const value = json[member] ?? [];
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string")) {
    throw new MalformedMessage(`${member} is no array of strings`);
  }
  return value;
}

/** Nothing is an empty map. @throws MalformedMessage unless the member is an object of strings. */
export function textMapOf(json: JsonObject, member: string): Readonly<Record<string, string>> {
  const value = json[member] ?? {};
  if (!isJsonObject(value) || !Object.values(value).every(isText)) {
    throw new MalformedMessage(`${member} is no object of strings`);
  }
  return value as Record<string, string>;
}

function isText(value: Json): value is string {
  return typeof value === "string";
}
