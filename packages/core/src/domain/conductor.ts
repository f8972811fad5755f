import type { Action } from "./entity.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { type EntityName, isEntityName, resolvePath, splitPath } from "./names.ts";
import { getValue, isTruthy } from "./parameters.ts";

/** The annotation that makes an action the conductor of compositions when its value is truthy. */
export const CONDUCTOR_ANNOTATION = "conductor";

/** How an action is run: in a container, as its components one after another, or by asking it what to run next. */
export type ActionForm = "simple" | "sequence" | "composition";

/** How an action is run. On a sequence the annotation `conductor` means nothing. */
export function formOf({ exec, annotations }: Pick<Action, "exec" | "annotations">): ActionForm {
  if (exec.type === "sequence") return "sequence";
  return isTruthy(getValue(annotations, CONDUCTOR_ANNOTATION)) ? "composition" : "simple";
}

/** What a conductor asks for. */
export interface ConductorRequest {
  /** For the next action; where there is none, the composition's result. */
  readonly params: JsonObject | undefined;
  /** What the conductor wants to be given at its next run. */
  readonly state: JsonObject | undefined;
  /** Name of the next action, not checked yet. Undefined: the composition is at its end. */
  readonly action: Json | undefined;
}

/** Reads the result of a conductor. `params` and `state` that are no objects are put into one. */
export function readConductorRequest(result: JsonObject): ConductorRequest {
  return {
    params: boxed(member(result, "params"), "value"),
    state: boxed(member(result, "state"), "state"),
    action: member(result, "action"),
  };
}

function member(json: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(json, name) ? json[name] : undefined;
}

function boxed(json: Json | undefined, name: string): JsonObject | undefined {
  if (json === undefined || isJsonObject(json)) return json;
  return { [name]: json };
}

/** What a conductor is run with: members of the state win; what is no object does not reach it. */
export function conductorInput(input: Json | undefined, state: JsonObject | undefined): JsonObject | undefined {
  if (!isJsonObject(input)) return undefined;
  return state === undefined ? input : { ...input, ...state };
}

/**
 * Resolves the name that a conductor gives: `action`, `pkg/action` in the own namespace, `[/]ns/pkg/action`, `/ns/action`.
 * @param own the caller's namespace, which a leading `_` also means.
 * @returns `/ns[/pkg]/action`; undefined when it is no such name.
 */
export function resolveActionName(json: Json, own: EntityName): string | undefined {
  if (typeof json !== "string") return undefined;
  const parts = splitPath(json);
  if (parts.length < 1 || parts.length > 3 || !parts.every(isEntityName)) return undefined;
  const absolute = json.startsWith("/");
  if (absolute && parts.length === 1) return undefined;
  const path = absolute || parts.length === 3 ? resolvePath(parts, own) : [own, ...parts];
  return `/${path.join("/")}`;
}
