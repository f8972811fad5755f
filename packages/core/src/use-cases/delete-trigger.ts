import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import { encodeTrigger } from "../domain/trigger.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { type EntityPath, requireOwn, requireType } from "./stored-entity.ts";
import type { TriggerWrites } from "./trigger-writes.ts";

/** Deletes a trigger and returns what it was. @throws Forbidden, NotFound, Conflict */
export type DeleteTrigger = (identity: Identity, path: EntityPath) => Promise<JsonObject>;

/** Makes {@link DeleteTrigger}. Its rules stay, and are inactive from then on. */
export function deleteTrigger(entities: EntityStore, changes: ChangeFeed, triggerWrites: TriggerWrites): DeleteTrigger {
  return async (identity, path) => {
    const id = requireOwn(identity, path);
    return triggerWrites.alone("trigger", id, async () => {
      const stored = requireType(await entities.get(id), "trigger");
      await entities.delete(id, stored.rev);
      changes.publish({ kind: "entity", id });
      return encodeTrigger(stored.entity);
    });
  };
}
