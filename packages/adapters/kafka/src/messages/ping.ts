import { type InvokerId, isJsonObject, type JsonObject } from "@meringue/core";
import { decodeInvoker, encodeInvoker } from "./building-blocks.ts";
import { booleanOf, objectAt } from "./read-json.ts";

/** What an invoker says on `health`, once a second. */
export interface Ping {
  readonly invoker: InvokerId;
  /** False: it takes nothing new. */
  readonly isEnabled: boolean;
  /** What only we tell: others do not read it. */
  readonly more?: JsonObject;
}

export function encodePing({ invoker, isEnabled, more }: Ping): JsonObject {
  return { name: encodeInvoker(invoker), isEnabled, ...(more === undefined ? {} : { meringue: more }) };
}

/** @throws MalformedMessage */
export function decodePing(json: JsonObject): Ping {
  const more = json["meringue"];
  return {
    invoker: decodeInvoker(objectAt(json, "name")),
    isEnabled: (json["isEnabled"] ?? null) === null ? true : booleanOf(json, "isEnabled"),
    ...(isJsonObject(more) ? { more } : {}),
  };
}
