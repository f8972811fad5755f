import { bodyMember, decodePublish, objectBody } from "./body.ts";
import type { Json } from "./json.ts";
import type { NamespaceLimits, SystemLimits } from "./limits.ts";
import { allowedParametersBytes } from "./namespace-limits.ts";
import { checkSize, decodeKeyValues, type KeyValue } from "./parameters.ts";
import { decodeVersion } from "./version.ts";

/** What the body of every entity's PUT may hold, and what can be large in it. */
export interface PutContents {
  readonly parameters?: readonly KeyValue[];
  readonly annotations?: readonly KeyValue[];
}

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
  const body = objectBody(json);
  const parameters = bodyMember(body, "parameters", decodeKeyValues);
  const annotations = bodyMember(body, "annotations", decodeKeyValues);
  const maxBytes = allowedParametersBytes(namespaceLimits, system);
  checkSize("parameters", parameters ?? [], maxBytes);
  checkSize("annotations", annotations ?? [], maxBytes);
  return {
    ...(parameters === undefined ? {} : { parameters }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** `version` and `publish` of a PUT; what is absent is kept, or gets its default. */
export interface PutLabels {
  readonly version?: string;
  readonly publish?: boolean;
}

/** @throws MalformedContent */
export function decodePutLabels(json: Json): PutLabels {
  const body = objectBody(json);
  const version = bodyMember(body, "version", decodeVersion);
  const publish = bodyMember(body, "publish", decodePublish);
  return {
    ...(version === undefined ? {} : { version }),
    ...(publish === undefined ? {} : { publish }),
  };
}
