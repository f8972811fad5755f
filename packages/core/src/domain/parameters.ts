import { MalformedContent, TooLarge } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { messages } from "./messages.ts";

/** A parameter or an annotation. */
export interface KeyValue {
  readonly key: string;
  readonly value: Json;
  /** Goes to the action's environment at initialization instead of its arguments. Present only when true. */
  readonly init?: true;
  /** The cipher under which `value` is stored. */
  readonly encryption?: string;
}

/**
 * Reads an array of parameters or annotations. Of two with one key the last wins, at the place of the first.
 * @throws MalformedContent
 */
export function decodeKeyValues(json: Json): KeyValue[] {
  if (!Array.isArray(json)) throw malformed();
  const byKey = new Map<string, KeyValue>();
  for (const item of json) {
    const decoded = decodeKeyValue(item);
    byKey.set(decoded.key, decoded);
  }
  return [...byKey.values()];
}

function decodeKeyValue(json: Json): KeyValue {
  if (!isJsonObject(json)) throw malformed();
  const { key, value, init, encryption } = json;
  if (typeof key !== "string" || value === undefined) throw malformed();
  if (init !== undefined && typeof init !== "boolean") throw malformed();
  const encryptionIsFine =
    encryption === undefined || typeof encryption === "string" || (encryption === null && init !== undefined);
  if (!encryptionIsFine) throw malformed();
  return {
    key,
    value,
    ...(init === true ? { init } : {}),
    ...(typeof encryption === "string" ? { encryption } : {}),
  };
}

function malformed(): MalformedContent {
  return new MalformedContent(messages.parametersMalformed);
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
