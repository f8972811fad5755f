import { isJsonObject, type Json } from "@meringue/core";

/** The same with U+FFFD for halves of surrogate pairs: JavaScript's texts may have them, CouchDB's JSON may not. */
export function wellFormed<T extends Json>(json: T): T;
export function wellFormed(json: Json): Json {
  if (typeof json === "string") return json.toWellFormed();
  if (Array.isArray(json)) return json.map((item) => wellFormed(item));
  if (!isJsonObject(json)) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toWellFormed(), wellFormed(value)]));
}
