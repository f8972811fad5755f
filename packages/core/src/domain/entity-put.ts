import { objectBody, PUT_LABELS } from "./body.ts";
import type { Json } from "./json.ts";
import type { NamespaceLimits, SystemLimits } from "./limits.ts";
import { allowedParametersBytes } from "./namespace-limits.ts";
import { checkSize, type KeyValue, keyValues } from "./parameters.ts";
import { nullable, readMembers } from "./schema.ts";

/** What the body of every entity's PUT may hold, and what can be large in it. */
export interface PutContents {
  readonly parameters?: readonly KeyValue[];
  readonly annotations?: readonly KeyValue[];
}

/** What every PUT but an action's may hold that can be large. */
export const PUT_CONTENTS = { parameters: nullable(keyValues), annotations: nullable(keyValues) };

/** The limits that the contents of a PUT are held against. */
export interface PutLimits {
  readonly namespaceLimits: NamespaceLimits;
  readonly system: SystemLimits;
}

/**
 * Reads the parameters and annotations of a package's, trigger's or rule's PUT, and checks their sizes once both have
 * the right shape. A rule has no parameters, but those that are sent count all the same.
 * @throws MalformedContent, TooLarge
 */
export function decodePutContents(json: Json, { namespaceLimits, system }: PutLimits): PutContents {
  const contents = readMembers(PUT_CONTENTS, objectBody(json), undefined);
  const maxBytes = allowedParametersBytes(namespaceLimits, system);
  checkSize("parameters", contents.parameters ?? [], maxBytes);
  checkSize("annotations", contents.annotations ?? [], maxBytes);
  return contents;
}

/** `version` and `publish` of a PUT; what is absent is kept, or gets its default. */
export interface PutLabels {
  readonly version?: string;
  readonly publish?: boolean;
}

/** @throws MalformedContent */
export function decodePutLabels(json: Json): PutLabels {
  return readMembers(PUT_LABELS, objectBody(json), undefined);
}
