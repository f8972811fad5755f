import { createHash, randomUUID } from "node:crypto";
import {
  type Action,
  codeToBytes,
  codeToText,
  InternalError,
  isJsonObject,
  type Json,
  type JsonObject,
} from "@meringue/core";
import type { CouchDocument } from "../http/couch-database.ts";

/** Smaller code is written into the document itself; upstream's `whisk.db.max-inline-size`. */
const INLINE_BYTES = 16 * 1024;
const MEMORY = "mem:";
const COUCH = "couch:";
const SCHEME = /^([a-z][a-z0-9+.-]*):/;

/** How an action's document holds its code. */
export interface StoredCode {
  /** Member `code` of `exec`; undefined when there is none. */
  readonly code: Json | undefined;
  /** Member `_attachments`. */
  readonly attachments: JsonObject | undefined;
}

export const NO_CODE: StoredCode = { code: undefined, attachments: undefined };

/**
 * Code for a document. One write stores both.
 * @param attached whether code of the kind is an attachment to upstream; otherwise it is plain text in the document.
 */
export function storeCode({ exec }: Action, bytes: Uint8Array, attached: boolean): StoredCode {
  const binary = exec.type !== "sequence" && exec.binary;
  if (!attached) return { code: codeToText(binary, bytes), attachments: undefined };
  const attachmentType = binary ? "application/octet-stream" : "text/plain; charset=UTF-8";
  if (bytes.length < INLINE_BYTES) {
    const digest = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    const attachmentName = `${MEMORY}${urlBase64(bytes)}`;
    return { code: { attachmentName, attachmentType, length: bytes.length, digest }, attachments: undefined };
  }
  const name = randomUUID();
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return {
    code: { attachmentName: `${COUCH}${name}`, attachmentType },
    attachments: { [name]: { content_type: attachmentType, data } },
  };
}

/** The code of a document as it is, to be written again with another revision. */
export function keepCode(document: CouchDocument): StoredCode {
  const exec = document["exec"];
  const attachments = document["_attachments"];
  return {
    code: isJsonObject(exec) ? (exec["code"] ?? exec["jar"]) : undefined,
    attachments: isJsonObject(attachments) ? attachments : undefined,
  };
}

/** Where the bytes of a document's code are. */
export type CodePlace = { readonly bytes: Uint8Array } | { readonly attachment: string } | undefined;

/** @throws InternalError for code in a store that this one does not know, such as S3. */
export function findCode(document: CouchDocument): CodePlace {
  const exec = document["exec"];
  const { code } = keepCode(document);
  if (!isJsonObject(exec) || code === undefined || code === null) return undefined;
  if (typeof code === "string") return { bytes: new Uint8Array(codeToBytes(exec["binary"] === true, code)) };
  const name = isJsonObject(code) ? code["attachmentName"] : undefined;
  if (typeof name !== "string") throw unreadable(document, "its code is neither text nor an attachment");
  const scheme = SCHEME.exec(name)?.[0];
  if (scheme === MEMORY) return { bytes: new Uint8Array(Buffer.from(name.slice(MEMORY.length), "base64url")) };
  if (scheme === COUCH) return { attachment: name.slice(COUCH.length) };
  if (scheme === undefined) return { attachment: name }; // as upstream named them once: `codefile`, `jarfile`
  throw unreadable(document, `its code is in another store (${scheme})`);
}

function unreadable({ _id }: CouchDocument, why: string): InternalError {
  return new InternalError(undefined, { cause: new Error(`The code of ${_id} cannot be read: ${why}.`) });
}

/** Base64 for URLs with its padding, as upstream writes it. */
function urlBase64(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return text.replaceAll("+", "-").replaceAll("/", "_");
}
