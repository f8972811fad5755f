import { type Change, isJsonObject, type JsonObject } from "@meringue/core";
import { MalformedMessage, objectAt, textOf } from "./read-json.ts";

/** A change that one controller tells the others on `cacheInvalidation`. */
export interface Invalidation {
  readonly change: Change;
  /** Such as `controller0`: it knows already. */
  readonly instanceId: string;
}

/**
 * An entity is told as upstream does. Of subjects and limits upstream tells nothing: ours carry a key that no cache of
 * upstream's has, and in `meringue` what they mean.
 */
export function encodeInvalidation({ change, instanceId }: Invalidation): JsonObject {
  switch (change.kind) {
    case "entity":
      return { key: { mainId: change.id }, instanceId };
    case "subject":
      return { key: { mainId: change.subject }, instanceId, meringue: { kind: "subject" } };
    case "limits":
      return { key: { mainId: `${change.namespace}/limits` }, instanceId, meringue: { kind: "limits" } };
    case "everything":
      return { key: { mainId: "*" }, instanceId, meringue: { kind: "everything" } };
  }
}

/** @throws MalformedMessage */
export function decodeInvalidation(json: JsonObject): Invalidation {
  const id = textOf(objectAt(json, "key"), "mainId");
  const kind = isJsonObject(json["meringue"]) ? json["meringue"]["kind"] : "entity";
  return { change: changeOf(kind, id), instanceId: textOf(json, "instanceId") };
}

function changeOf(kind: unknown, id: string): Change {
  switch (kind) {
    case "entity":
      return { kind, id };
    case "subject":
      return { kind, subject: id };
    case "limits":
      return { kind, namespace: id.slice(0, -"/limits".length) };
    case "everything":
      return { kind };
    default:
      throw new MalformedMessage("meringue.kind is none that is known");
  }
}
