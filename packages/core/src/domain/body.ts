import { MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** The body of an entity's PUT. @throws MalformedContent when it is no object. */
export function objectBody(json: Json): JsonObject {
  if (!isJsonObject(json)) throw new MalformedContent("Object expected in field 'exec'");
  return json;
}

/** Reads a member of a PUT's body: null is as good as absent. @throws whatever `decode` throws. */
export function bodyMember<T>(body: JsonObject, name: string, decode: (json: Json) => T): T | undefined {
  const value = body[name] ?? null;
  return value === null ? undefined : decode(value);
}

/** Reads `publish`. @throws MalformedContent when it is no boolean. */
export function decodePublish(json: Json): boolean {
  if (typeof json !== "boolean") throw new MalformedContent(`Expected JsBoolean, but got ${JSON.stringify(json)}`);
  return json;
}
