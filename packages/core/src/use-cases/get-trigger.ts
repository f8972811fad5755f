import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import { encodeTrigger } from "../domain/trigger.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { type EntityPath, requireOwn, requireType } from "./stored-entity.ts";

/** A trigger with its rules. @throws Forbidden, NotFound, Conflict */
export type GetTrigger = (identity: Identity, path: EntityPath) => Promise<JsonObject>;

/** Makes {@link GetTrigger}. */
export function getTrigger(entities: EntityStore): GetTrigger {
  return async (identity, path) => {
    const id = requireOwn(identity, path);
    return encodeTrigger(requireType(await entities.get(id), "trigger").entity);
  };
}
