import { fstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isJsonObject, type Json, type JsonObject } from "@meringue/core";
import type { ParameterSource } from "./parse-run-command.ts";

/** The words make no action that can be run; the message says why. */
export class BadRun extends Error {
  override readonly name = "BadRun";
}

const STDIN = 0;
/** After this many milliseconds of waiting for the standard input somebody may wonder. */
const WONDER_MS = 2_000;

/** Whether the standard input is a file or somebody's output, and not a terminal or nothing. */
export function stdinIsGiven(): boolean {
  try {
    const stat = fstatSync(STDIN);
    return stat.isFIFO() || stat.isFile() || stat.isSocket();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EBADF") return false; // it is closed
    throw error;
  }
}

/** Reads the standard input to its end. @param say tells whoever waits that it is waited for */
export async function readStdin(say: (line: string) => void): Promise<Buffer> {
  const timer = setTimeout(() => say("waiting for the end of the standard input; </dev/null gives none"), WONDER_MS);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The parameters of a run: those of `input`, and over them the sources in their order.
 * @param input what came on the standard input, if it was read
 * @throws BadRun
 */
export async function gatherParameters(
  input: string | undefined,
  sources: readonly ParameterSource[],
): Promise<JsonObject> {
  const layers: JsonObject[] = input === undefined ? [] : [objectOf(input, "the standard input")];
  for (const source of sources) {
    if (source.from === "file") layers.push(objectOf(await textOf(source.path), source.path));
    else layers.push(Object.fromEntries([[source.pair.key, source.pair.value]]));
  }
  // defined one by one, so that a key such as __proto__ is a key like any other
  return Object.fromEntries(layers.flatMap((layer) => Object.entries(layer)));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new BadRun(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function objectOf(text: string, where: string): JsonObject {
  if (text.trim() === "") return {};
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch (cause) {
    throw new BadRun(`${where} holds no JSON: ${(cause as Error).message}`, { cause });
  }
  if (!isJsonObject(json)) throw new BadRun(`${where} holds JSON that is no object`);
  return json;
}
