import { isUtf8 } from "node:buffer";
import { basename, extname } from "node:path";
import {
  type Action,
  checkActionLimits,
  checkNotDeprecated,
  codeToText,
  createAction,
  decodeActionPut,
  inspectArchive,
  isEntityName,
  type JsonObject,
  type Manifest,
  parseEntityName,
  type SystemLimits,
} from "@meringue/core";
import { BadRun } from "./gather-parameters.ts";
import type { RunWords } from "./parse-run-command.ts";

/** Whose action it is; the account that every server has. */
export const RUN_NAMESPACE = parseEntityName("guest");
/** Bytes that an archive may claim to unpack to: the API's bound. */
const MAX_UNPACKED_BYTES = 512 * 1024 * 1024;
const PROVIDE_API_KEY = "provide-api-key";

/** By what a file's name ends with, the family whose default kind it is: wsk's, and those of languages that it lacks. */
const FAMILIES: Readonly<Record<string, string>> = {
  ...{ ".js": "nodejs", ".mjs": "nodejs", ".cjs": "nodejs", ".ts": "typescript", ".mts": "typescript" },
  ...{ ".py": "python", ".php": "php", ".rb": "ruby", ".java": "java", ".jar": "java", ".go": "go", ".rs": "rust" },
  ...{ ".swift": "swift", ".bal": "ballerina", ".balx": "ballerina", ".cs": "dotnet" },
};
const ARCHIVES = [".zip", ".tar", ".tgz", ".gz"];
const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

/** An action that nobody stored. */
export interface LooseAction {
  readonly action: Action;
  /** As `/init` takes it; undefined for an image without code. */
  readonly code: string | undefined;
}

type Words = Pick<
  RunWords,
  "file" | "runtime" | "main" | "image" | "native" | "limits" | "annotations" | "env" | "auth"
>;

/**
 * The action that a server would have after a PUT of these words: the same decoder, the same checks.
 * @param bytes of the code; undefined for an image without any
 * @throws BadRun when its kind cannot be told; WhiskError with what the API would complain of
 */
export async function actionOfFile(
  words: Words,
  bytes: Buffer | undefined,
  manifest: Manifest,
  limits: SystemLimits,
  now: number,
): Promise<LooseAction> {
  const put = decodeActionPut(bodyOf(words, bytes, manifest), {
    ...{ manifest, own: RUN_NAMESPACE, namespaceLimits: {}, system: limits },
  });
  checkActionLimits(put.limits ?? {}, {}, limits);
  const action = createAction(put, { namespace: RUN_NAMESPACE, name: nameOf(words.file), now, system: limits });
  const { exec } = action;
  checkNotDeprecated(exec, manifest);
  if (put.code === undefined || exec.type === "sequence") return { action, code: undefined };
  if (exec.binary) await inspectArchive(put.code, MAX_UNPACKED_BYTES);
  return { action, code: codeToText(exec.binary, put.code) };
}

function bodyOf(words: Words, bytes: Buffer | undefined, manifest: Manifest): JsonObject {
  const { main, env, auth } = words;
  const annotations = [...words.annotations, ...(auth === undefined ? [] : [{ key: PROVIDE_API_KEY, value: true }])];
  return {
    exec: {
      ...runtimeOf(words, bytes, manifest),
      ...(bytes === undefined ? {} : { code: isText(bytes) ? bytes.toString() : bytes.toString("base64") }),
      ...(main === undefined ? {} : { main }),
    },
    limits: { ...words.limits },
    annotations: annotations.map(({ key, value }) => ({ key, value })),
    parameters: env.map(({ key, value }) => ({ key, value, init: true })),
  };
}

/** @throws BadRun when nothing tells */
function runtimeOf(
  { file = "", runtime, image, native }: Words,
  bytes: Buffer | undefined,
  manifest: Manifest,
): JsonObject {
  if (image !== undefined) return { kind: "blackbox", image };
  if (runtime !== undefined) return { kind: runtime.includes(":") ? runtime : familyDefault(runtime, manifest) };
  const extension = extname(file).toLowerCase();
  const family = FAMILIES[extension];
  if (!native && family !== undefined) return { kind: `${family}:default` };
  if (native || (!ARCHIVES.includes(extension) && isProgram(bytes))) {
    return { kind: "blackbox", image: manifest.blackboxes[0] ?? "openwhisk/dockerskeleton" };
  }
  const why = ARCHIVES.includes(extension) ? "an archive does not say" : "its name does not say";
  throw new BadRun(`what is ${file === "-" ? "the standard input" : file} written in? ${why}: --kind does`);
}

/** `python` for `python:default`, where there is such a family; kinds without a version are left alone. */
function familyDefault(word: string, { families }: Manifest): string {
  return families.has(word) ? `${word}:default` : word;
}

/** Something that the system runs by itself. */
function isProgram(bytes: Buffer | undefined): boolean {
  return bytes !== undefined && (bytes.subarray(0, 2).toString() === "#!" || bytes.subarray(0, 4).equals(ELF));
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

function nameOf(file = ""): Action["name"] {
  const name = basename(file, extname(file));
  return isEntityName(name) ? name : parseEntityName("action");
}
