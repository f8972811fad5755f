import { MalformedContent } from "./errors.ts";
import type { Json } from "./json.ts";
import { messages } from "./messages.ts";
import type { Schema } from "./schema.ts";

/** The version of an entity that was just created. */
export const INITIAL_VERSION = "0.0.1";

/** Largest part of a version: upstream keeps each in a 32 bit integer. */
const MAX_PART = 2 ** 31 - 1;
const INTEGER = /^[+-]?[0-9]+$/;

/**
 * Reads a version leniently: missing parts are 0, extra ones and leading zeros are dropped.
 * @returns `major.minor.patch`
 * @throws MalformedContent when it is no string, holds something but integers, or is 0.0.0.
 */
export function decodeVersion(json: Json): string {
  if (typeof json !== "string") throw malformed();
  const texts = json.split(".");
  while (texts.at(-1) === "") texts.pop();
  const [major = 0, minor = 0, patch = 0] = texts.slice(0, 3).map(readPart);
  if (major === 0 && minor === 0 && patch === 0) throw malformed();
  return `${major}.${minor}.${patch}`;
}

/** A version in a body; see {@link decodeVersion}. */
export const versionText: Schema<string> = {
  read: decodeVersion,
  describe: () => ({ type: "string", format: "version", description: "major.minor.patch; missing parts are 0" }),
};

function readPart(text: string): number {
  const part = INTEGER.test(text) ? Number(text) : Number.NaN;
  if (!(part >= 0 && part <= MAX_PART)) throw malformed();
  return part === 0 ? 0 : part; // -0 is 0
}

function malformed(): MalformedContent {
  return new MalformedContent(messages.versionMalformed);
}

/** The version after an update: patch + 1, carried over where a part is full. */
export function bumpPatch(version: string): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (patch < MAX_PART) return `${major}.${minor}.${patch + 1}`;
  return minor < MAX_PART ? `${major}.${minor + 1}.0` : `${major + 1}.0.0`;
}
