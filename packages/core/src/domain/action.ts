import { effectiveActionLimits, encodeActionLimits } from "./action-limits.ts";
import type { ActionPut } from "./action-put.ts";
import type { Action } from "./entity.ts";
import { BadRequest } from "./errors.ts";
import { type Exec, encodeExec, encodeExecSummary, type SequenceExec } from "./exec.ts";
import type { JsonObject } from "./json.ts";
import type { SystemLimits } from "./limits.ts";
import { messages } from "./messages.ts";
import type { EntityName } from "./names.ts";
import { encodeKeyValues, getValue, type KeyValue, mergeKeyValues } from "./parameters.ts";
import { bumpPatch, INITIAL_VERSION } from "./version.ts";

/** The annotation that lets an action have its invoker's key. Absent on an existing action it counts as true. */
export const PROVIDE_API_KEY = "provide-api-key";
/** The annotation that tells an action's kind; the server's own. */
export const EXEC_ANNOTATION = "exec";
/** The one parameter of a sequence: its components. */
export const SEQUENCE_PARAMETER = "_actions";

/** What {@link createAction} needs beside the PUT. */
export interface ActionCreation {
  /** `ns` or `ns/pkg`. */
  readonly namespace: string;
  readonly name: EntityName;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly system: SystemLimits;
  /** Whether `provide-api-key: false` is added where the PUT does not set it. Default true. */
  readonly requireApiKeyAnnotation?: boolean;
}

/** The action that a PUT makes where there was none. @throws BadRequest when the PUT has no exec. */
export function createAction(put: ActionPut, creation: ActionCreation): Action {
  const { exec } = put;
  if (exec === undefined) throw new BadRequest(messages.execUndefined);
  return {
    entityType: "action",
    namespace: creation.namespace,
    name: creation.name,
    version: put.version ?? INITIAL_VERSION,
    publish: put.publish ?? false,
    updated: creation.now,
    exec,
    parameters: exec.type === "sequence" ? sequenceParameters(exec) : (put.parameters ?? []),
    limits: effectiveActionLimits(put.limits ?? {}, undefined, creation.system),
    annotations: annotated(newAnnotations(put, creation.requireApiKeyAnnotation ?? true), exec),
  };
}

function newAnnotations(put: ActionPut, requireApiKeyAnnotation: boolean): readonly KeyValue[] {
  const given = put.annotations ?? [];
  const complete = !requireApiKeyAnnotation || getValue(given, PROVIDE_API_KEY) !== undefined;
  return complete ? given : [...given, { key: PROVIDE_API_KEY, value: false }];
}

/** The action that a PUT makes of the one that there was: parameters replace, annotations and limits merge. */
export function updateAction(old: Action, put: ActionPut, now: number, system: SystemLimits): Action {
  const exec = put.exec ?? old.exec;
  return {
    ...old,
    version: put.version ?? bumpPatch(old.version),
    publish: put.publish ?? old.publish,
    updated: now,
    exec,
    parameters: updatedParameters(old, put),
    limits: effectiveActionLimits(put.limits ?? {}, old.limits, system),
    annotations: annotated(updatedAnnotations(old, put), exec),
  };
}

/** The parameters of a sequence are its own, whatever is sent, and never leak to what it becomes. */
function updatedParameters(old: Action, put: ActionPut): readonly KeyValue[] {
  if (put.exec?.type === "sequence") return sequenceParameters(put.exec);
  const wasSequence = old.exec.type === "sequence";
  if (put.exec === undefined && wasSequence) return old.parameters;
  return put.parameters ?? (wasSequence ? [] : old.parameters);
}

function updatedAnnotations(old: Action, put: ActionPut): readonly KeyValue[] {
  // upstream loses the deletions when the body carries a sequence, and clients see that
  const deleted = new Set(put.exec?.type === "sequence" ? [] : put.delAnnotations);
  const kept = old.annotations.filter((annotation) => !deleted.has(annotation.key));
  return mergeKeyValues(kept, put.annotations ?? []);
}

function sequenceParameters(exec: SequenceExec): readonly KeyValue[] {
  return [{ key: SEQUENCE_PARAMETER, value: [...exec.components] }];
}

function annotated(annotations: readonly KeyValue[], exec: Exec): readonly KeyValue[] {
  return mergeKeyValues(annotations, [{ key: EXEC_ANNOTATION, value: exec.kind }]);
}

/** How an action is to be shown. */
export interface ActionView {
  /** The code as text; absent leaves it out. */
  readonly code?: string | undefined;
  /** `ns/binding` when the action was read through one. */
  readonly binding?: string | undefined;
  /** Parameters to show in place of the action's own: those merged with its package's. */
  readonly parameters?: readonly KeyValue[] | undefined;
}

/** The action as the API shows it. */
export function encodeAction(action: Action, view: ActionView = {}): JsonObject {
  return {
    ...encodeCommon(action),
    exec: encodeExec(action.exec, view.code),
    parameters: encodeKeyValues(view.parameters ?? action.parameters),
    ...(view.binding === undefined ? {} : { binding: view.binding }),
  };
}

/** The action as listings show it. */
export function encodeActionSummary(action: Action): JsonObject {
  return { ...encodeCommon(action), exec: encodeExecSummary(action.exec) };
}

function encodeCommon(action: Action): JsonObject {
  return {
    namespace: action.namespace,
    name: action.name,
    version: action.version,
    publish: action.publish,
    updated: action.updated,
    limits: encodeActionLimits(action.limits),
    annotations: encodeKeyValues(action.annotations),
  };
}
