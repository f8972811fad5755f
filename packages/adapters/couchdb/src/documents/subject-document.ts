import {
  decodeNamespaceLimits,
  type EntityName,
  encodeNamespaceLimits,
  isJsonObject,
  type JsonObject,
  MalformedContent,
  type NamespaceLimits,
  type Subject,
} from "@meringue/core";
import { corrupted, textOf } from "./document-reader.ts";

const LIMITS = "/limits";

/** What a document's id says that it is. */
export type SubjectDocumentKind =
  | { readonly kind: "limits"; readonly namespace: string }
  | { readonly kind: "subject"; readonly subject: string }
  | { readonly kind: "design" };

export function kindOfId(id: string): SubjectDocumentKind {
  if (id.startsWith("_design/")) return { kind: "design" };
  if (id.endsWith(LIMITS)) return { kind: "limits", namespace: id.slice(0, -LIMITS.length) };
  return { kind: "subject", subject: id };
}

/** The id of a namespace's limits document. */
export function limitsId(namespace: string): string {
  return `${namespace}${LIMITS}`;
}

/** The document of a subject as wskadmin writes it, keys in the clear: every component of upstream reads them so. */
export function encodeSubject({ subject, namespaces, blocked }: Subject): JsonObject {
  return {
    _id: subject,
    subject,
    namespaces: namespaces.map(({ name, uuid, key }) => ({ name, uuid, key })),
    blocked,
  };
}

/** @throws InternalError when it is none. */
export function decodeSubject(document: JsonObject): Subject {
  const { namespaces = [] } = document;
  if (!Array.isArray(namespaces)) throw corrupted("namespaces");
  return {
    subject: textOf(document, "subject"),
    namespaces: namespaces.map((each) => {
      if (!isJsonObject(each)) throw corrupted("namespaces");
      return { name: textOf(each, "name") as EntityName, uuid: textOf(each, "uuid"), key: textOf(each, "key") };
    }),
    blocked: document["blocked"] === true,
  };
}

export function encodeLimits(namespace: string, limits: NamespaceLimits): JsonObject {
  return { _id: limitsId(namespace), ...encodeNamespaceLimits(limits) };
}

/** @returns undefined for a document that is no limits: upstream then goes by its defaults. */
export function decodeLimits(document: JsonObject): NamespaceLimits | undefined {
  try {
    return decodeNamespaceLimits(document);
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
    return undefined;
  }
}
