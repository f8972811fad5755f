import { decodeActionLimits } from "./action-limits.ts";
import { bodyMember, decodePublish, objectBody } from "./body.ts";
import { MalformedContent, TooLarge } from "./errors.ts";
import { decodeExec, type Exec, type ExecContext, execSize } from "./exec.ts";
import type { Json } from "./json.ts";
import type { ActionLimits, NamespaceLimits, SystemLimits } from "./limits.ts";
import { messages } from "./messages.ts";
import { allowedParametersBytes } from "./namespace-limits.ts";
import { checkSize, decodeKeyValues, type KeyValue } from "./parameters.ts";
import { decodeVersion } from "./version.ts";

/** What the body of a PUT may hold besides limits, version and publish: the parts that can be large. */
export interface ActionContents {
  readonly exec?: Exec;
  /** The code to store with `exec`; absent when the exec has none. */
  readonly code?: Uint8Array;
  readonly parameters?: readonly KeyValue[];
  readonly annotations?: readonly KeyValue[];
}

/** The body of an action's PUT: what is absent is kept, or gets its default. */
export interface ActionPut extends ActionContents {
  /** Keys of annotations that an update drops first. */
  readonly delAnnotations?: readonly string[];
  readonly limits?: Partial<ActionLimits>;
  readonly version?: string;
  readonly publish?: boolean;
}

/** What the decoders of a PUT must know. */
export interface ActionPutContext extends ExecContext {
  readonly namespaceLimits: NamespaceLimits;
  readonly system: SystemLimits;
}

/**
 * Reads the whole body of a PUT and checks its sizes. A caller that must look at the query in between uses
 * {@link decodeActionContents} and {@link decodeActionRest} instead.
 * @throws MalformedContent, TooLarge
 */
export function decodeActionPut(json: Json, context: ActionPutContext): ActionPut {
  return { ...decodeActionContents(json, context), ...decodeActionRest(json) };
}

/** Reads the first half of a PUT, and checks its sizes once its shape is right. @throws MalformedContent, TooLarge */
export function decodeActionContents(json: Json, context: ActionPutContext): ActionContents {
  const body = objectBody(json);
  const decoded = bodyMember(body, "exec", (exec) => decodeExec(exec, context));
  const parameters = bodyMember(body, "parameters", decodeKeyValues);
  const annotations = bodyMember(body, "annotations", decodeKeyValues);

  const { system, namespaceLimits } = context;
  const execBytes = decoded === undefined ? 0 : execSize(decoded);
  if (execBytes > system.execBytes) throw new TooLarge(messages.tooLarge("exec", execBytes, system.execBytes));
  const maxBytes = allowedParametersBytes(namespaceLimits, system);
  checkSize("parameters", parameters ?? [], maxBytes);
  checkSize("annotations", annotations ?? [], maxBytes);
  return {
    ...(decoded === undefined ? {} : { exec: decoded.exec }),
    ...(decoded?.code === undefined ? {} : { code: decoded.code }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** Reads the second half of a PUT. @throws MalformedContent */
export function decodeActionRest(json: Json): Omit<ActionPut, keyof ActionContents> {
  const body = objectBody(json);
  const limits = bodyMember(body, "limits", decodeActionLimits);
  const version = bodyMember(body, "version", decodeVersion);
  const publish = bodyMember(body, "publish", decodePublish);
  const delAnnotations = bodyMember(body, "delAnnotations", decodeStrings);
  return {
    ...(limits === undefined ? {} : { limits }),
    ...(version === undefined ? {} : { version }),
    ...(publish === undefined ? {} : { publish }),
    ...(delAnnotations === undefined ? {} : { delAnnotations }),
  };
}

function decodeStrings(json: Json): string[] {
  if (!Array.isArray(json)) throw new MalformedContent(`Expected Array as JsArray, but got ${JSON.stringify(json)}`);
  return json.map((item) => {
    if (typeof item !== "string")
      throw new MalformedContent(`Expected String as JsString, but got ${JSON.stringify(item)}`);
    return item;
  });
}
