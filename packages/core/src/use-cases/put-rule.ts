import type { Rule } from "../domain/entity.ts";
import { decodePutContents } from "../domain/entity-put.ts";
import type { JsonObject } from "../domain/json.ts";
import type { SystemLimits } from "../domain/limits.ts";
import { referenceId } from "../domain/names.ts";
import { createRule, decodeRuleRest, encodeRule, type RulePut, updateRule } from "../domain/rule.ts";
import { linkRule, type RuleStatus, ruleStatus, unlinkRule } from "../domain/trigger.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { Clock } from "../ports/clock.ts";
import type { EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { statusOfRule } from "./get-rule.ts";
import { requireExistence, requireReferences } from "./rule-references.ts";
import { type EntityPath, type PutEntityRequest, replaceable, requireOwn } from "./stored-entity.ts";
import type { TriggerWrites } from "./trigger-writes.ts";

export interface PutRuleDependencies {
  readonly entities: EntityStore;
  readonly changes: ChangeFeed;
  readonly triggerWrites: TriggerWrites;
  readonly limits: SystemLimits;
  readonly clock: Clock;
}

/** Creates or updates a rule. @returns it as the API shows it. @throws Forbidden, NotFound, BadRequest, TooLarge, Conflict */
export type PutRule = (request: PutEntityRequest) => Promise<JsonObject>;

/**
 * Makes {@link PutRule}. A rule is two documents, its own and its trigger's. They are written so that a crash in between
 * leaves at worst a rule that is inactive, which enabling repairs; never a trigger that fires for a rule that is not there.
 */
export function putRule(deps: PutRuleDependencies): PutRule {
  const { entities, limits, triggerWrites } = deps;
  return async ({ identity, path, body, overwrite }) => {
    const id = requireOwn(identity, path);
    const json = await body();
    const { annotations } = decodePutContents(json, { namespaceLimits: identity.limits, system: limits });
    const mayOverwrite = overwrite();
    const put = { ...(annotations === undefined ? {} : { annotations }), ...decodeRuleRest(json, path.namespace) };
    await requireReferences(entities, identity, put);
    return triggerWrites.alone("rule", id, async () => {
      const old = replaceable(await entities.get(id), "rule", mayOverwrite);
      return old === undefined ? create(deps, path, put, mayOverwrite) : update(deps, old, put);
    });
  };
}

async function create(
  deps: PutRuleDependencies,
  path: EntityPath,
  put: RulePut,
  tellStatus: boolean,
): Promise<JsonObject> {
  const rule = createRule(put, { ...path, now: deps.clock.now() });
  await requireExistence(deps.entities, rule);
  const stored = await write(deps, rule, undefined);
  try {
    const status = await link(deps, stored, () => "active");
    return encodeRule(stored.entity, tellStatus ? status : "active");
  } catch (error) {
    // Its caller is told that there is no rule.
    await deps.entities.delete(stored.id, stored.rev);
    deps.changes.publish({ kind: "entity", id: stored.id });
    throw error;
  }
}

async function update(deps: PutRuleDependencies, old: StoredEntity<Rule>, put: RulePut): Promise<JsonObject> {
  const rule = updateRule(old.entity, put, deps.clock.now());
  await requireExistence(deps.entities, rule);
  const oldTrigger = referenceId(old.entity.trigger);
  if (oldTrigger === referenceId(rule.trigger)) {
    const stored = await write(deps, rule, old.rev);
    return encodeRule(stored.entity, await link(deps, stored, (status) => status));
  }
  const status = await statusOfRule(deps.entities, old);
  await deps.triggerWrites.change(oldTrigger, (trigger) => unlinkRule(trigger, old.id));
  const stored = await write(deps, rule, old.rev);
  return encodeRule(stored.entity, await link(deps, stored, () => status));
}

async function write(
  { entities, changes }: PutRuleDependencies,
  rule: Rule,
  rev: string | undefined,
): Promise<StoredEntity<Rule>> {
  const stored = await entities.put(rule, rev, "none");
  changes.publish({ kind: "entity", id: stored.id });
  return stored;
}

/** Ties a rule to its trigger. @param next the status it gets, by the one it has. @returns the status it has then. */
async function link(
  { triggerWrites }: PutRuleDependencies,
  { id, entity }: StoredEntity<Rule>,
  next: (status: RuleStatus) => RuleStatus,
): Promise<RuleStatus> {
  const trigger = await triggerWrites.change(referenceId(entity.trigger), (found) =>
    linkRule(found, id, entity.action, next(ruleStatus(found, id))),
  );
  return ruleStatus(trigger, id);
}
