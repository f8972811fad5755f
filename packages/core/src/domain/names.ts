import type { EntityReference } from "./entity.ts";
import { BadRequest, MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { nullable, objectOf, required, type Schema, text } from "./schema.ts";
import { versionText } from "./version.ts";

declare const brand: unique symbol;

/** One segment of a path that has been checked: only {@link parseEntityName} makes one. */
export type EntityName = string & { readonly [brand]: "EntityName" };

/** Longest name of an entity or namespace, in characters. */
export const MAX_NAME_LENGTH = 256;

/** What callers write for "my own namespace". */
export const OWN_NAMESPACE = "_";

const NAME = /^(?:\w|\w[\w@ .&-]{0,254}[\w@.&-])$/;

/** Whether `text` may name an entity or a namespace. */
export function isEntityName(text: string): text is EntityName {
  return NAME.test(text);
}

/** @throws BadRequest when `text` is empty, too long, or holds a character that a name may not. */
export function parseEntityName(text: string): EntityName {
  if (isEntityName(text)) return text;
  throw refusal(text, messages.entityNameTooLong, messages.entityNameIllegal);
}

/** A name in a body. */
export const entityName: Schema<EntityName> = {
  read(json) {
    if (typeof json !== "string" || !isEntityName(json)) throw new MalformedContent(messages.entityNameMalformed);
    return json;
  },
  describe: () => NAME_PART,
};

/** What a document says of a name. */
export const NAME_PART = { type: "string", pattern: NAME.source };

/**
 * Reads the namespace of a URL: `_` means `own`.
 * @throws BadRequest as {@link parseEntityName} does, in words of its own.
 */
export function parseNamespace(text: string, own: EntityName): EntityName {
  if (text === OWN_NAMESPACE) return own;
  if (isEntityName(text)) return text;
  throw refusal(text, messages.namespaceTooLong, messages.namespaceIllegal);
}

function refusal(text: string, tooLong: (length: number, max: number) => string, illegal: string): BadRequest {
  const message = text.length > MAX_NAME_LENGTH ? tooLong(text.length, MAX_NAME_LENGTH) : illegal;
  return new BadRequest(message, { rejection: true });
}

/** The parts of a path; empty ones do not count, so `//a//b/` is `a/b`. Nothing is checked. */
export function splitPath(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}

/** @throws MalformedContent when there is no part, or one that is no name. */
export function parseEntityPath(text: string): EntityName[] {
  const parts = splitPath(text);
  if (parts.length === 0) throw new MalformedContent(messages.pathUndefined);
  if (!parts.every(isEntityName)) throw new MalformedContent(messages.pathInvalid(parts));
  return parts;
}

/** The path with a leading `_` replaced by `own`. */
export function resolvePath(parts: readonly EntityName[], own: EntityName): EntityName[] {
  const [root, ...rest] = parts;
  return root === undefined ? [] : [root === OWN_NAMESPACE ? own : root, ...rest];
}

/**
 * Reads the name of an entity from a body: `"[/]ns[/pkg]/name"` or `{"path", "name"[, "version"][, "binding"]}`.
 * A leading `_` becomes `own`.
 * @throws MalformedContent
 */
export function decodeFullyQualifiedName(json: Json, own: EntityName): EntityReference {
  if (typeof json === "string") {
    const parts = resolvePath(parseEntityPath(json), own);
    const name = parts.pop();
    if (name === undefined || parts.length === 0) throw new MalformedContent(messages.fullyQualifiedNameTooShort);
    return { path: parts.join("/"), name };
  }
  if (isJsonObject(json)) return decodeReferenceObject(json, own);
  throw new MalformedContent(messages.fullyQualifiedNameMalformed);
}

const pathText = text(() => messages.namespaceMalformed, { format: "path", description: "ns or ns/pkg" });

/** A path in a body: its parts, checked. */
const entityPath: Schema<EntityName[]> = {
  read: (json) => parseEntityPath(pathText.read(json, undefined)),
  describe: pathText.describe,
};

// every complaint ends as the same one
const MALFORMED = messages.fullyQualifiedNameMalformed;
/** The name of an entity in two parts, as bodies and rules have it. */
export const entityReference = objectOf(
  "EntityReference",
  {
    path: required(entityPath, MALFORMED),
    name: required(entityName, MALFORMED),
    version: nullable(versionText),
    binding: nullable(entityPath),
  },
  MALFORMED,
);

function decodeReferenceObject(json: JsonObject, own: EntityName): EntityReference {
  try {
    const { path, binding, ...rest } = entityReference.read(json, undefined);
    return {
      ...rest,
      path: resolvePath(path, own).join("/"),
      ...(binding === undefined ? {} : { binding: binding.join("/") }),
    };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    throw new MalformedContent(MALFORMED, { cause: error });
  }
}

/** The name of an entity in a body, in either form; see {@link decodeFullyQualifiedName}. @param of what it names. */
export function qualifiedName(of: "trigger" | "action"): Schema<EntityReference, EntityName> {
  const words = { type: "string", format: `${of}-name`, description: `such as /ns/${of}; _ is the caller's namespace` };
  return {
    read: decodeFullyQualifiedName,
    describe: (deployment) => ({
      description: `the name of ${of === "action" ? "an" : "a"} ${of}, or an EntityReference`,
      "x-oneOf": [words, entityReference.describe(deployment)],
    }),
  };
}

/** `ns[/pkg]/name`: the id of the document that a reference means. */
export function referenceId(reference: EntityReference): string {
  return `${reference.path}/${reference.name}`;
}
