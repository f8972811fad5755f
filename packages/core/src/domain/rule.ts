import { objectBody, PUT_LABELS, putBody } from "./body.ts";
import type { EntityReference, Rule } from "./entity.ts";
import { PUT_CONTENTS, type PutContents, type PutLabels } from "./entity-put.ts";
import { BadRequest, MalformedContent } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { type EntityName, qualifiedName } from "./names.ts";
import { encodeKeyValues } from "./parameters.ts";
import { nullable, objectOf, readMembers, required, type Schema } from "./schema.ts";
import type { RuleStatus } from "./trigger.ts";
import { bumpPatch, INITIAL_VERSION } from "./version.ts";

/** The body of a rule's PUT: what is absent is kept, or gets its default. Its `parameters` mean nothing. */
export interface RulePut extends Pick<PutContents, "annotations">, PutLabels {
  readonly trigger?: EntityReference;
  readonly action?: EntityReference;
}

const RULE_REST = {
  trigger: nullable(qualifiedName("trigger")),
  action: nullable(qualifiedName("action")),
  ...PUT_LABELS,
};

/** The body of a rule's PUT. */
export const rulePut = putBody("RulePut", { ...PUT_CONTENTS, ...RULE_REST });

/**
 * Reads what is left of a rule's PUT besides its contents. A `status` in it means nothing.
 * @param own what a leading `_` means.
 * @throws MalformedContent
 */
export function decodeRuleRest(json: Json, own: EntityName): Omit<RulePut, keyof PutContents> {
  return readMembers(RULE_REST, objectBody(json), own);
}

const STATUSES = ["active", "inactive"] as const satisfies RuleStatus[];

const ruleStatusWord: Schema<RuleStatus> = {
  read(json) {
    if (typeof json !== "string") throw new MalformedContent(messages.ruleStatusUnknown(JSON.stringify(json)));
    const trimmed = json.trim();
    if (trimmed === "") throw new MalformedContent(messages.ruleStatusBlank);
    const status = STATUSES.find((word) => word === trimmed);
    if (status === undefined) throw new MalformedContent(messages.ruleStatusUnknown(trimmed));
    return status;
  },
  describe: () => ({ type: "string", enum: STATUSES }),
};

/** The body of the call that switches a rule on or off. */
export const ruleSwitch = objectOf(
  "RuleStatus",
  { status: required(ruleStatusWord, messages.ruleStatusMissing) },
  messages.payloadNotAnObject,
);

/** Reads {@link ruleSwitch}. @throws MalformedContent */
export function decodeRuleStatus(json: Json): RuleStatus {
  return ruleSwitch.read(json, undefined).status;
}

/** What {@link createRule} needs beside the PUT. `now` is in epoch milliseconds. */
export interface RuleCreation {
  readonly namespace: EntityName;
  readonly name: EntityName;
  readonly now: number;
}

/** The rule that a PUT makes where there was none. @throws BadRequest unless it names a trigger and an action */
export function createRule(put: RulePut, { namespace, name, now }: RuleCreation): Rule {
  const { trigger, action } = put;
  if (trigger === undefined || action === undefined) throw new BadRequest(messages.ruleNeedsTriggerAndAction);
  return {
    entityType: "rule",
    namespace,
    name,
    version: put.version ?? INITIAL_VERSION,
    publish: put.publish ?? false,
    updated: now,
    annotations: put.annotations ?? [],
    trigger,
    action,
  };
}

/** The rule that a PUT makes of the one that there was: annotations replace. */
export function updateRule(old: Rule, put: RulePut, now: number): Rule {
  return {
    ...old,
    version: put.version ?? bumpPatch(old.version),
    publish: put.publish ?? old.publish,
    updated: now,
    annotations: put.annotations ?? old.annotations,
    trigger: put.trigger ?? old.trigger,
    action: put.action ?? old.action,
  };
}

/** The rule as the API shows it. @param status left out in listings. */
export function encodeRule(rule: Rule, status?: RuleStatus): JsonObject {
  return {
    namespace: rule.namespace,
    name: rule.name,
    ...(status === undefined ? {} : { status }),
    trigger: { ...rule.trigger },
    action: { ...rule.action },
    version: rule.version,
    publish: rule.publish,
    annotations: encodeKeyValues(rule.annotations),
    updated: rule.updated,
  };
}
