import { NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import { referenceId } from "../domain/names.ts";
import { linkRule, type RuleStatus, ruleStatus } from "../domain/trigger.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { type EntityPath, requireOwn, requireType } from "./stored-entity.ts";
import type { TriggerWrites } from "./trigger-writes.ts";

export interface SetRuleStatusRequest {
  readonly identity: Identity;
  readonly path: EntityPath;
  /** Read once it is clear that the caller may switch the rule. */
  readonly status: () => Promise<RuleStatus>;
}

/**
 * Switches a rule on or off. Switching on also ties it to its trigger again where that was lost.
 * @throws Forbidden, BadRequest, NotFound (also when it is to be on and its trigger is missing), Conflict
 */
export type SetRuleStatus = (request: SetRuleStatusRequest) => Promise<void>;

/** Makes {@link SetRuleStatus}. Whether the action exists is found out when the trigger fires. */
export function setRuleStatus(entities: EntityStore, triggerWrites: TriggerWrites): SetRuleStatus {
  return async ({ identity, path, status }) => {
    const id = requireOwn(identity, path);
    const wanted = await status();
    await triggerWrites.alone("rule", id, async () => {
      const { trigger, action } = requireType(await entities.get(id), "rule").entity;
      const changed = await triggerWrites.change(referenceId(trigger), (found) =>
        ruleStatus(found, id) === wanted ? found : linkRule(found, id, action, wanted),
      );
      if (changed === undefined && wanted === "active") throw new NotFound(messages.ruleWithoutTrigger);
    });
  };
}
