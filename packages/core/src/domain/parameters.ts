import { MalformedContent, TooLarge } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { anything, arrayOf, flag, nullable, objectOf, optional, required, type Schema, text } from "./schema.ts";

/** A parameter or an annotation. */
export interface KeyValue {
  readonly key: string;
  readonly value: Json;
  /** Goes to the action's environment at initialization instead of its arguments. Present only when true. */
  readonly init?: true;
  /** The cipher under which `value` is stored. */
  readonly encryption?: string;
}

const MALFORMED = messages.parametersMalformed;
const malformed = (): string => MALFORMED;

const cipher = text(malformed, { description: "the cipher under which the value is stored" });
const MEMBERS = objectOf(
  "KeyValue",
  {
    key: required(text(malformed), MALFORMED),
    value: required(anything, MALFORMED),
    init: optional(flag(malformed, { description: "goes to the environment at initialization" })),
    // null will do beside an init, as it always has; nobody is told to send it
    encryption: { ...nullable(cipher), describe: cipher.describe },
  },
  MALFORMED,
);

const keyValue: Schema<KeyValue> = {
  describe: MEMBERS.describe,
  read(json) {
    const { init, ...rest } = MEMBERS.read(json, undefined);
    // without an init, null is no encryption
    if (init === undefined && (json as JsonObject)["encryption"] === null) throw new MalformedContent(MALFORMED);
    return init === true ? { ...rest, init } : rest;
  },
};

const list = arrayOf(keyValue, malformed);

/** An array of parameters or annotations. Of two with one key the last wins, at the place of the first. */
export const keyValues: Schema<KeyValue[]> = {
  describe: list.describe,
  read: (json, context) => [...new Map(list.read(json, context).map((item) => [item.key, item])).values()],
};

/** Reads {@link keyValues}. @throws MalformedContent */
export function decodeKeyValues(json: Json): KeyValue[] {
  return keyValues.read(json, undefined);
}

/** The array as the API shows it. */
export function encodeKeyValues(list: readonly KeyValue[]): JsonObject[] {
  return list.map(({ key, value, init, encryption }) => ({
    key,
    value,
    ...(init === true ? { init } : {}),
    ...(encryption === undefined ? {} : { encryption }),
  }));
}

/** Both lists by key: what is in `higher` replaces what is in `lower`, at its place; what is new comes last. */
export function mergeKeyValues(lower: readonly KeyValue[], higher: readonly KeyValue[]): KeyValue[] {
  if (higher.length === 0) return [...lower];
  const byKey = new Map(lower.map((item) => [item.key, item]));
  for (const item of higher) byKey.set(item.key, item);
  return [...byKey.values()];
}

/** Size in bytes: of the keys, and of the values as compact JSON, both in UTF-8. */
export function sizeOf(list: readonly KeyValue[]): number {
  let bytes = 0;
  for (const { key, value } of list) bytes += Buffer.byteLength(key) + Buffer.byteLength(JSON.stringify(value));
  return bytes;
}

/** @throws TooLarge when the list takes more than `maxBytes`. */
export function checkSize(field: "parameters" | "annotations", list: readonly KeyValue[], maxBytes: number): void {
  const bytes = sizeOf(list);
  if (bytes > maxBytes) throw new TooLarge(messages.tooLarge(field, bytes, maxBytes));
}

/** The values by key. */
export function toObject(list: readonly KeyValue[]): JsonObject {
  // fromEntries defines its properties, so that a key such as __proto__ is a key like any other
  return Object.fromEntries(list.map(({ key, value }) => [key, value]));
}

/** The keys of those that go to the environment at initialization. */
export function initNames(list: readonly KeyValue[]): string[] {
  return list.filter((item) => item.init === true).map((item) => item.key);
}

/** By key, the cipher of those that are stored locked; undefined when none is. */
export function lockedNames(list: readonly KeyValue[]): Readonly<Record<string, string>> | undefined {
  const locked = list.flatMap(({ key, encryption }) => (encryption === undefined ? [] : [[key, encryption]]));
  return locked.length === 0 ? undefined : (Object.fromEntries(locked) as Record<string, string>);
}

/** The value under `key`; null is a value. */
export function getValue(list: readonly KeyValue[], key: string): Json | undefined {
  return list.find((item) => item.key === key)?.value;
}

/** Whether an annotation's value switches it on: all but false, 0, "" and null do; an absent one does not. */
export function isTruthy(json: Json | undefined): boolean {
  return json !== undefined && json !== null && json !== false && json !== 0 && json !== "";
}
