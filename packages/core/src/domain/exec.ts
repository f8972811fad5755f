import { codeToBytes, isBase64Code, isBlankCode } from "./base64.ts";
import { BadRequest, MalformedContent } from "./errors.ts";
import { parseImageName } from "./image-name.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { findRuntime, knownKinds, type Manifest, type RuntimeKind, resolveKind } from "./manifest.ts";
import { messages } from "./messages.ts";
import { type EntityName, qualifiedName, referenceId } from "./names.ts";
import {
  arrayOf,
  describeObject,
  describeVariants,
  type Member,
  optional,
  readMembers,
  required,
  type Schema,
  text,
} from "./schema.ts";
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

/** `kind` has been looked at before, because it tells what the other members are: here it only tells which there are. */
function kindOf(kinds: (manifest: Manifest) => readonly string[]): Member<string, unknown, true> {
  return {
    required: true,
    read: () => undefined,
    describe: ({ manifest }) => ({ type: "string", enum: kinds(manifest) }),
  };
}

const componentList = arrayOf(qualifiedName("action"), () => messages.componentsNotAnArray);
const components: typeof componentList = {
  ...componentList,
  describe: (deployment) => ({
    ...componentList.describe(deployment),
    minItems: 1,
    maxItems: deployment.limits.sequenceLength,
  }),
};
const SEQUENCE = {
  kind: kindOf(() => [SEQUENCE_KIND]),
  components: required(components, messages.componentsMissing),
};

function mainOf(kind: string): Schema<string> {
  return text(() => messages.mainNotAString(kind), { description: "name of the function" });
}

const imageText = text(() => messages.imageMissing, { format: "image" });
const image: Schema<string> = { ...imageText, read: (json, context) => imageName(imageText.read(json, context)) };
const BLACKBOX = {
  kind: kindOf(() => [BLACKBOX_KIND]),
  image: required(image, messages.imageMissing),
  code: optional(text(messages.codeNotAnAttachment)),
  main: optional(mainOf(BLACKBOX_KIND)),
};

function imageName(sent: string): string {
  const name = parseImageName(sent);
  if (name === undefined) throw new MalformedContent(messages.imageMalformed);
  return name;
}

/** What complaints about the code of a managed runtime depend on. */
interface CodeContext extends Pick<RuntimeKind, "attached"> {
  /** As it was sent. */
  readonly kind: string;
}

/** Whether it is text is a matter for later where it is an attachment: other complaints come first. */
const sourceCode: Member<Json, CodeContext, true> = {
  required: true,
  read(json, { kind, attached }) {
    if (json === undefined && attached) throw new MalformedContent(messages.codeMissing(kind));
    if (typeof json !== "string" && !attached) throw new MalformedContent(messages.codeNotAString(kind));
    return json;
  },
  describe: () => ({ type: "string", description: "source, or an archive in base64" }),
};

function managed(requireMain: boolean) {
  const main: Member<string, CodeContext> = {
    required: requireMain,
    read(json, { kind }) {
      if (json !== undefined) return mainOf(kind).read(json, undefined);
      if (requireMain) throw new MalformedContent(messages.mainMissing(kind));
      return undefined;
    },
    describe: mainOf("").describe,
  };
  const writable = ({ families }: Manifest): string[] =>
    [...families.values()].flat().flatMap((runtime) => {
      return runtime.requireMain === requireMain && !runtime.deprecated ? [runtime.kind] : [];
    });
  return { kind: kindOf(writable), code: sourceCode, main };
}

const MANAGED = managed(false);
const MANAGED_WITH_MAIN = managed(true);
const VARIANTS = {
  CodeExec: MANAGED,
  CodeWithMainExec: MANAGED_WITH_MAIN,
  BlackboxExec: BLACKBOX,
  SequenceExec: SEQUENCE,
} as const;

/** The `exec` of a PUT: what else it has depends on its kind. */
export const execution: Schema<DecodedExec, ExecContext> = {
  read: decodeExec,
  describe(deployment) {
    const described = Object.entries(VARIANTS).map(([title, members]) => describeObject(title, members, deployment));
    return describeVariants("Exec", "kind", described);
  },
};

/** Reads {@link execution}. @throws MalformedContent */
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
  const components = readMembers(SEQUENCE, json, own).components.map((component) => `/${referenceId(component)}`);
  return { exec: { type: "sequence", kind: SEQUENCE_KIND, components }, code: undefined, codeBytesAsSent: 0 };
}

function decodeBlackbox(json: JsonObject): DecodedExec {
  const { code: text, ...rest } = readMembers(BLACKBOX, json, undefined);
  const code = text === undefined || isBlankCode(text) ? undefined : text;
  const binary = code !== undefined && isBase64Code(code);
  const exec: Exec = { ...rest, type: "blackbox", kind: BLACKBOX_KIND, binary, hasCode: code !== undefined };
  return withCode(exec, binary, code);
}

function decodeCode(json: JsonObject, kind: string, manifest: Manifest): DecodedExec {
  const runtime = resolveKind(manifest, kind);
  if (runtime === undefined) {
    throw new MalformedContent(messages.kindUnknown(kind, [...knownKinds(manifest), SEQUENCE_KIND, BLACKBOX_KIND]));
  }
  const members = runtime.requireMain ? MANAGED_WITH_MAIN : MANAGED;
  const { code, main } = readMembers(members, json, { kind, attached: runtime.attached });
  if (typeof code !== "string") throw new MalformedContent(messages.codeNotAnAttachment(code));
  const binary = isBase64Code(code);
  const named = main === undefined ? {} : { main };
  return withCode({ type: "code", kind: runtime.kind, binary, ...named }, binary, code);
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
