import { randomInt, randomUUID } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const KEY_LENGTH = 64;

export interface KeyPair {
  readonly uuid: string;
  readonly key: string;
}

/** A pair that nobody has: a random uuid of version 4, and 64 letters and digits. */
export function newKeyPair(): KeyPair {
  const key = Array.from({ length: KEY_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return { uuid: randomUUID(), key };
}

/**
 * Reads `uuid:key` as it was typed. As upstream does, takes the uuid in any of its spellings and makes it one of
 * version 4, whatever version it says.
 *
 * @returns the pair, or why it cannot be used
 */
export function parseKeyPair(text: string): KeyPair | string {
  const [id = "", key] = text.split(":");
  const digits = id.toLowerCase().replace(/[{}-]/g, "");
  if (!/^[0-9a-f]{32}$/.test(digits)) return "authorization id is not a valid UUID";
  if (key === undefined) return "failed to determine authorization id and key: list index out of range";
  if (key.length < KEY_LENGTH) return `authorization key must be at least ${KEY_LENGTH} characters long`;
  return { uuid: asVersion4(digits), key };
}

function asVersion4(digits: string): string {
  const variant = ((Number.parseInt(digits[16] ?? "0", 16) & 0x3) | 0x8).toString(16);
  const marked = `${digits.slice(0, 12)}4${digits.slice(13, 16)}${variant}${digits.slice(17)}`;
  return marked.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
