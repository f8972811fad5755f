import type { EntityReference } from "./entity.ts";
import { BadRequest, MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { decodeVersion } from "./version.ts";

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

function decodeReferenceObject(json: JsonObject, own: EntityName): EntityReference {
  const { path, name, version = null, binding = null } = json;
  try {
    if (typeof path !== "string" || typeof name !== "string" || !isEntityName(name)) {
      throw new MalformedContent(messages.entityNameMalformed);
    }
    return {
      path: resolvePath(parseEntityPath(path), own).join("/"),
      name,
      ...(version === null ? {} : { version: decodeVersion(version) }),
      ...(binding === null ? {} : { binding: decodeBinding(binding) }),
    };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    throw new MalformedContent(messages.fullyQualifiedNameMalformed, { cause: error });
  }
}

function decodeBinding(json: Json): string {
  if (typeof json !== "string") throw new MalformedContent(messages.namespaceMalformed);
  return parseEntityPath(json).join("/");
}

/** `ns[/pkg]/name`: the id of the document that a reference means. */
export function referenceId(reference: EntityReference): string {
  return `${reference.path}/${reference.name}`;
}
