import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import { referenceId } from "../domain/names.ts";
import { encodeRule } from "../domain/rule.ts";
import { unlinkRule } from "../domain/trigger.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { type EntityPath, requireOwn, requireType } from "./stored-entity.ts";
import type { TriggerWrites } from "./trigger-writes.ts";

/** Deletes a rule, whatever its status, and returns what it was. @throws Forbidden, NotFound, Conflict */
export type DeleteRule = (identity: Identity, path: EntityPath) => Promise<JsonObject>;

/** Makes {@link DeleteRule}. The trigger lets go of the rule first, so that it never fires for one that is not there. */
export function deleteRule(entities: EntityStore, changes: ChangeFeed, triggerWrites: TriggerWrites): DeleteRule {
  return async (identity, path) => {
    const id = requireOwn(identity, path);
    return triggerWrites.alone("rule", id, async () => {
      const stored = requireType(await entities.get(id), "rule");
      await triggerWrites.change(referenceId(stored.entity.trigger), (trigger) => unlinkRule(trigger, id));
      await entities.delete(id, stored.rev);
      changes.publish({ kind: "entity", id });
      return encodeRule(stored.entity, "inactive");
    });
  };
}
