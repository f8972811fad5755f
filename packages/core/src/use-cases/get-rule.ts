import type { Rule } from "../domain/entity.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import { referenceId } from "../domain/names.ts";
import { encodeRule } from "../domain/rule.ts";
import { type RuleStatus, ruleStatus } from "../domain/trigger.ts";
import type { EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { type EntityPath, isOfType, requireOwn, requireType } from "./stored-entity.ts";

/** A rule with its status. @throws Forbidden, NotFound, Conflict */
export type GetRule = (identity: Identity, path: EntityPath) => Promise<JsonObject>;

/** Makes {@link GetRule}. */
export function getRule(entities: EntityStore): GetRule {
  return async (identity, path) => {
    const id = requireOwn(identity, path);
    const stored = requireType(await entities.get(id), "rule");
    return encodeRule(stored.entity, await statusOfRule(entities, stored));
  };
}

/** The status of a rule as its trigger has it: inactive when there is no such trigger. */
export async function statusOfRule(entities: EntityStore, { id, entity }: StoredEntity<Rule>): Promise<RuleStatus> {
  const trigger = await entities.get(referenceId(entity.trigger));
  return ruleStatus(isOfType(trigger, "trigger") ? trigger.entity : undefined, id);
}
