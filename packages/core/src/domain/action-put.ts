import { actionLimits } from "./action-limits.ts";
import { objectBody, PUT_LABELS, putBody } from "./body.ts";
import { PUT_CONTENTS } from "./entity-put.ts";
import { TooLarge } from "./errors.ts";
import { type Exec, type ExecContext, execSize, execution } from "./exec.ts";
import type { Json } from "./json.ts";
import type { ActionLimits, NamespaceLimits, SystemLimits } from "./limits.ts";
import { messages } from "./messages.ts";
import { allowedParametersBytes } from "./namespace-limits.ts";
import { checkSize, type KeyValue } from "./parameters.ts";
import { arrayOf, nullable, readMembers, saying, text } from "./schema.ts";

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

const CONTENTS = { exec: nullable(execution), ...PUT_CONTENTS };

const names = arrayOf(
  text((json) => `Expected String as JsString, but got ${JSON.stringify(json)}`),
  (json) => `Expected Array as JsArray, but got ${JSON.stringify(json)}`,
);
const REST = {
  limits: nullable(actionLimits),
  ...PUT_LABELS,
  delAnnotations: nullable(saying({ description: "keys of annotations that an update drops" }, names)),
};

/** The body of an action's PUT. */
export const actionPut = putBody("ActionPut", { ...CONTENTS, ...REST });

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
  const { exec: decoded, ...lists } = readMembers(CONTENTS, objectBody(json), context);
  const { system, namespaceLimits } = context;
  const execBytes = decoded === undefined ? 0 : execSize(decoded);
  if (execBytes > system.execBytes) throw new TooLarge(messages.tooLarge("exec", execBytes, system.execBytes));
  const maxBytes = allowedParametersBytes(namespaceLimits, system);
  checkSize("parameters", lists.parameters ?? [], maxBytes);
  checkSize("annotations", lists.annotations ?? [], maxBytes);
  return {
    ...(decoded === undefined ? {} : { exec: decoded.exec }),
    ...(decoded?.code === undefined ? {} : { code: decoded.code }),
    ...lists,
  };
}

/** Reads the second half of a PUT. @throws MalformedContent */
export function decodeActionRest(json: Json): Omit<ActionPut, keyof ActionContents> {
  return readMembers(REST, objectBody(json), undefined);
}
