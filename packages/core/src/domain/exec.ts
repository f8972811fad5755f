import { codeToBytes, isBase64Code, isBlankCode } from "./base64.ts";
import { BadRequest, MalformedContent } from "./errors.ts";
import { parseImageName } from "./image-name.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { findRuntime, knownKinds, type Manifest, resolveKind } from "./manifest.ts";
import { messages } from "./messages.ts";
import { decodeFullyQualifiedName, type EntityName, referenceId } from "./names.ts";
import { utf8Bytes } from "./size.ts";

/** What an action runs. Code itself is an attachment of the document (see EntityStore), as decoded bytes when `binary`. */
export type Exec = CodeExec | BlackboxExec | SequenceExec;

/** Code for a managed runtime. */
export interface CodeExec {
  readonly type: "code";
  /** A kind of the manifest, resolved: `nodejs:24`. */
  readonly kind: string;
  /** Whether the code was base64 text. */
  readonly binary: boolean;
  readonly main?: string;
}

/** A user's image, with or without code. */
export interface BlackboxExec {
  readonly type: "blackbox";
  readonly kind: "blackbox";
  /** `[registry/][prefix/]name[:tag]`. */
  readonly image: string;
  readonly binary: boolean;
  readonly hasCode: boolean;
  readonly main?: string;
}

/** A chain of actions, each `/ns[/pkg]/name`. */
export interface SequenceExec {
  readonly type: "sequence";
  readonly kind: "sequence";
  readonly components: readonly string[];
}

/** The kinds that no manifest lists. */
export const SEQUENCE_KIND = "sequence";
export const BLACKBOX_KIND = "blackbox";

/** What a decoder of `exec` must know. */
export interface ExecContext {
  readonly manifest: Manifest;
  /** The caller's namespace: what `_` means in components. */
  readonly own: EntityName;
}

/** An exec with its code, as a body brought them. */
export interface DecodedExec {
  readonly exec: Exec;
  /** What to store: decoded when the code is binary. Undefined when there is none. */
  readonly code: Uint8Array | undefined;
  /** Length of the code's text in UTF-8, base64 or not: what counts against the limit. 0 without code. */
  readonly codeBytesAsSent: number;
}

/** Reads the `exec` of a PUT. @throws MalformedContent */
export function decodeExec(json: Json, context: ExecContext): DecodedExec {
  if (!isJsonObject(json)) throw new MalformedContent(messages.payloadNotAnObject);
  const sent = json["kind"];
  if (typeof sent !== "string") throw new MalformedContent(messages.kindMissing);
  const kind = sent.trim().toLowerCase();
  if (kind === SEQUENCE_KIND) return decodeSequence(json, context.own);
  if (kind === BLACKBOX_KIND) return decodeBlackbox(json);
  return decodeCode(json, kind, context.manifest);
}

function decodeSequence(json: JsonObject, own: EntityName): DecodedExec {
  const list = json["components"];
  if (list === undefined) throw new MalformedContent(messages.componentsMissing);
  if (!Array.isArray(list)) throw new MalformedContent(messages.componentsNotAnArray);
  const components = list.map((item) => `/${referenceId(decodeFullyQualifiedName(item, own))}`);
  return { exec: { type: "sequence", kind: SEQUENCE_KIND, components }, code: undefined, codeBytesAsSent: 0 };
}

function decodeBlackbox(json: JsonObject): DecodedExec {
  const sent = json["image"];
  if (typeof sent !== "string") throw new MalformedContent(messages.imageMissing);
  const image = parseImageName(sent);
  if (image === undefined) throw new MalformedContent(messages.imageMalformed);
  const code = blackboxCode(json["code"]);
  const main = decodeMain(json, BLACKBOX_KIND);
  const binary = code !== undefined && isBase64Code(code);
  const exec: Exec = { type: "blackbox", kind: BLACKBOX_KIND, image, binary, hasCode: code !== undefined, ...main };
  return withCode(exec, binary, code);
}

function blackboxCode(json: Json | undefined): string | undefined {
  if (json === undefined) return undefined;
  if (typeof json !== "string") throw new MalformedContent(messages.codeNotAnAttachment(json));
  return isBlankCode(json) ? undefined : json;
}

function decodeCode(json: JsonObject, kind: string, manifest: Manifest): DecodedExec {
  const runtime = resolveKind(manifest, kind);
  if (runtime === undefined) {
    throw new MalformedContent(messages.kindUnknown(kind, [...knownKinds(manifest), SEQUENCE_KIND, BLACKBOX_KIND]));
  }
  const code = json["code"];
  if (code === undefined && runtime.attached) throw new MalformedContent(messages.codeMissing(kind));
  if (typeof code !== "string" && !runtime.attached) throw new MalformedContent(messages.codeNotAString(kind));
  const main = decodeMain(json, kind);
  if (runtime.requireMain && main.main === undefined) throw new MalformedContent(messages.mainMissing(kind));
  if (typeof code !== "string") throw new MalformedContent(messages.codeNotAnAttachment(code ?? null));
  const binary = isBase64Code(code);
  return withCode({ type: "code", kind: runtime.kind, binary, ...main }, binary, code);
}

function decodeMain(json: JsonObject, kind: string): { readonly main?: string } {
  const main = json["main"];
  if (main === undefined) return {};
  if (typeof main !== "string") throw new MalformedContent(messages.mainNotAString(kind));
  return { main };
}

function withCode(exec: Exec, binary: boolean, text: string | undefined): DecodedExec {
  if (text === undefined) return { exec, code: undefined, codeBytesAsSent: 0 };
  return { exec, code: codeToBytes(binary, text), codeBytesAsSent: utf8Bytes(text) };
}

/** Bytes of an exec that count against the limit: code as sent, main, image; of a sequence, the components' names. */
export function execSize({ exec, codeBytesAsSent }: DecodedExec): number {
  if (exec.type === "sequence") {
    return exec.components.reduce((bytes, component) => bytes + utf8Bytes(component) - "/".length, 0);
  }
  const imageBytes = exec.type === "blackbox" ? utf8Bytes(exec.image) : 0;
  return codeBytesAsSent + utf8Bytes(exec.main ?? "") + imageBytes;
}

/** The exec as the API shows it. `codeText` undefined leaves the code out. */
export function encodeExec(exec: Exec, codeText: string | undefined): JsonObject {
  if (exec.type === "sequence") return { kind: exec.kind, components: [...exec.components] };
  return {
    kind: exec.kind,
    ...(exec.type === "blackbox" ? { image: exec.image } : {}),
    ...(codeText === undefined ? {} : { code: codeText }),
    binary: exec.binary,
    ...(exec.main === undefined ? {} : { main: exec.main }),
  };
}

/** The exec as listings show it: nothing but `binary`, which is false for sequences. */
export function encodeExecSummary(exec: Exec): JsonObject {
  return { binary: exec.type !== "sequence" && exec.binary };
}

/** @throws BadRequest when the exec's runtime is deprecated: such actions can be read and deleted, no more. */
export function checkNotDeprecated(exec: Exec, manifest: Manifest): void {
  if (exec.type === "code" && findRuntime(manifest, exec.kind)?.deprecated === true) {
    throw new BadRequest(messages.kindDeprecated(exec.kind));
  }
}
