import { objectBody, PUT_LABELS, putBody } from "./body.ts";
import type { EntityReference, Trigger, TriggerRule } from "./entity.ts";
import { PUT_CONTENTS, type PutContents, type PutLabels } from "./entity-put.ts";
import { BadRequest } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { type EntityName, isEntityName, splitPath } from "./names.ts";
import { FEED_ANNOTATION } from "./package.ts";
import { encodeKeyValues, getValue, type KeyValue } from "./parameters.ts";
import { nullable, objectOf, readMembers } from "./schema.ts";
import { bumpPatch, INITIAL_VERSION } from "./version.ts";

/** Whether a rule's action runs when its trigger fires. */
export type RuleStatus = TriggerRule["status"];

/** The body of a trigger's PUT: what is absent is kept, or gets its default. */
export interface TriggerPut extends PutContents, PutLabels {}

/** A trigger has limits in name only: any object does. */
const TRIGGER_REST = {
  limits: nullable(objectOf("TriggerLimits", {}, "Object expected in field 'limits'")),
  ...PUT_LABELS,
};

/** The body of a trigger's PUT. */
export const triggerPut = putBody("TriggerPut", { ...PUT_CONTENTS, ...TRIGGER_REST });

/** Reads what is left of a trigger's PUT besides its contents. @throws MalformedContent */
export function decodeTriggerRest(json: Json): PutLabels {
  const { limits: _, ...labels } = readMembers(TRIGGER_REST, objectBody(json), undefined);
  return labels;
}

/** What {@link createTrigger} needs beside the PUT. `now` is in epoch milliseconds. */
export interface TriggerCreation {
  readonly namespace: EntityName;
  readonly name: EntityName;
  readonly now: number;
}

/** The trigger that a PUT makes where there was none. @throws BadRequest when its feed annotation names no action */
export function createTrigger(put: TriggerPut, { namespace, name, now }: TriggerCreation): Trigger {
  const annotations = put.annotations ?? [];
  checkFeed(annotations);
  return {
    entityType: "trigger",
    namespace,
    name,
    version: put.version ?? INITIAL_VERSION,
    publish: put.publish ?? false,
    updated: now,
    parameters: put.parameters ?? [],
    annotations,
  };
}

function checkFeed(annotations: readonly KeyValue[]): void {
  const feed = getValue(annotations, FEED_ANNOTATION);
  if (feed === undefined) return;
  const parts = typeof feed === "string" ? splitPath(feed) : [];
  if (parts.length === 0 || !parts.every(isEntityName)) throw new BadRequest(messages.feedNameInvalid);
}

/** The trigger that a PUT makes of the one that there was: parameters and annotations replace, its rules stay. */
export function updateTrigger(old: Trigger, put: TriggerPut, now: number): Trigger {
  return {
    ...old,
    version: put.version ?? bumpPatch(old.version),
    publish: put.publish ?? old.publish,
    updated: now,
    parameters: put.parameters ?? old.parameters,
    annotations: put.annotations ?? old.annotations,
  };
}

/** The state of a rule, which only its trigger knows: inactive unless the trigger says otherwise. */
export function ruleStatus(trigger: Trigger | undefined, ruleId: string): RuleStatus {
  return trigger?.rules?.[ruleId]?.status ?? "inactive";
}

/** The trigger with a rule tied to it. Neither its version nor `updated` change. @param ruleId `ns/rule`. */
export function linkRule(trigger: Trigger, ruleId: string, action: EntityReference, status: RuleStatus): Trigger {
  return { ...trigger, rules: { ...trigger.rules, [ruleId]: { action, status } } };
}

/** The trigger without the rule; the same object when it was not tied to it. @param ruleId `ns/rule`. */
export function unlinkRule(trigger: Trigger, ruleId: string): Trigger {
  if (trigger.rules?.[ruleId] === undefined) return trigger;
  const { [ruleId]: _, ...rules } = trigger.rules;
  return { ...trigger, rules };
}

/** The trigger as the API shows it: with its rules once it ever had any. */
export function encodeTrigger(trigger: Trigger): JsonObject {
  const rules = Object.entries(trigger.rules ?? {}).map(([id, { action, status }]) => [
    id,
    { action: { ...action }, status },
  ]);
  return {
    ...encodeTriggerSummary(trigger),
    parameters: encodeKeyValues(trigger.parameters),
    limits: {},
    ...(trigger.rules === undefined ? {} : { rules: Object.fromEntries(rules) as JsonObject }),
  };
}

/** The trigger as listings show it. */
export function encodeTriggerSummary(trigger: Trigger): JsonObject {
  return {
    namespace: trigger.namespace,
    name: trigger.name,
    version: trigger.version,
    publish: trigger.publish,
    annotations: encodeKeyValues(trigger.annotations),
    updated: trigger.updated,
  };
}
