import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { isJsonObject, type Json } from "../domain/json.ts";
import type { KeyValue } from "../domain/parameters.ts";
import type { ActivationMessage } from "../ports/dispatcher.ts";

/** Ciphers as `encryption` of a stored parameter names them. */
export const PARAMETER_CIPHERS = ["aes-128", "aes-256"] as const;
export type ParameterCipher = (typeof PARAMETER_CIPHERS)[number];

/** Bytes that the key of each cipher has. */
export const PARAMETER_KEY_BYTES: Readonly<Record<ParameterCipher, number>> = { "aes-128": 16, "aes-256": 32 };

/** Raw keys of each cipher: the first locks, all of them unlock. */
export type ParameterKeys = Readonly<Partial<Record<ParameterCipher, readonly Uint8Array[]>>>;

export interface ParameterLockOptions {
  /** What is written from now on. `off` leaves values as they come. */
  readonly current: "off" | ParameterCipher;
  readonly keys: ParameterKeys;
}

/** Locks what actions and packages are stored with, and unlocks what actions are called with. */
export interface ParameterLocks {
  /**
   * The list as it is to be stored: each value under the current cipher and its first key. What is locked otherwise is
   * locked anew, if there is a key for it, and else left alone. So is null, which means that there is no value.
   */
  lock(list: readonly KeyValue[]): readonly KeyValue[];
  /** The message with its locked arguments in plain. @throws ParameterUnreadable */
  unlock(message: ActivationMessage): ActivationMessage;
}

/** There is no key for a locked parameter, or none that fits. The message names the parameter and never its value. */
export class ParameterUnreadable extends Error {
  override readonly name = "ParameterUnreadable";
  readonly key: string;

  constructor(key: string) {
    super(`no configured key opens the parameter '${key}'`);
    this.key = key;
  }
}

interface Algorithm {
  readonly name: "aes-128-gcm" | "aes-256-gcm";
  readonly ivBytes: number;
}

const ALGORITHMS: Readonly<Record<ParameterCipher, Algorithm>> = {
  "aes-128": { name: "aes-128-gcm", ivBytes: 12 },
  "aes-256": { name: "aes-256-gcm", ivBytes: 128 },
};
const TAG_BYTES = 16;
/** Before the initialization vector: its length, big-endian. */
const LENGTH_BYTES = 4;

type Ring = Readonly<Record<ParameterCipher, readonly KeyObject[]>>;

/** Makes {@link ParameterLocks}. @throws RangeError when a key has the wrong length, or the current cipher has none. */
export function parameterLocks({ current, keys }: ParameterLockOptions): ParameterLocks {
  const ring: Ring = { "aes-128": keyObjects("aes-128", keys), "aes-256": keyObjects("aes-256", keys) };
  const locking = current === "off" ? undefined : ring[current][0];
  if (current !== "off" && locking === undefined) throw new RangeError(`there is no key for ${current}`);
  return {
    lock(list) {
      if (current === "off" || locking === undefined) return list;
      return list.map((item) => lockItem(item, current, locking, ring));
    },
    unlock(message) {
      const { args, lockedArgs } = message;
      if (lockedArgs === undefined || !isJsonObject(args)) return message;
      const entries = Object.entries(args).map(([key, value]) =>
        Object.hasOwn(lockedArgs, key) ? [key, unlockValue(key, value, lockedArgs[key] as string, ring)] : [key, value],
      );
      return { ...message, args: Object.fromEntries(entries) as typeof args, lockedArgs: undefined };
    },
  };
}

/** How the answer to a PUT shows parameters: what came in plain as it came, what was locked before as it is now. */
export function asWritten(wanted: readonly KeyValue[], stored: readonly KeyValue[]): readonly KeyValue[] {
  const byKey = new Map(stored.map((item) => [item.key, item]));
  return wanted.map((item) => (item.encryption === undefined ? item : (byKey.get(item.key) ?? item)));
}

function keyObjects(cipher: ParameterCipher, keys: ParameterKeys): readonly KeyObject[] {
  return (keys[cipher] ?? []).map((key) => {
    if (key.length === PARAMETER_KEY_BYTES[cipher]) return createSecretKey(key);
    throw new RangeError(`a key of ${cipher} has ${PARAMETER_KEY_BYTES[cipher]} bytes, not ${key.length}`);
  });
}

function lockItem(item: KeyValue, current: ParameterCipher, locking: KeyObject, ring: Ring): KeyValue {
  const { value, encryption } = item;
  if (encryption === undefined) return value === null ? item : { ...item, ...seal(value, current, locking) };
  if (!isCipher(encryption) || typeof value !== "string") return item;
  if (encryption === current && open(value, current, locking) !== undefined) return item;
  const plain = openWithAny(value, encryption, ring);
  return plain === undefined ? item : { ...item, ...seal(plain, current, locking) };
}

/** A value under a cipher that is not known here, or that is no text, reaches the action as it is. */
function unlockValue(key: string, value: Json, encryption: string, ring: Ring): Json {
  if (!isCipher(encryption) || typeof value !== "string") return value;
  const plain = openWithAny(value, encryption, ring);
  if (plain === undefined) throw new ParameterUnreadable(key);
  return plain;
}

function isCipher(name: string): name is ParameterCipher {
  return PARAMETER_CIPHERS.some((known) => known === name);
}

function seal(value: Json, cipher: ParameterCipher, key: KeyObject): { value: string; encryption: ParameterCipher } {
  const { name, ivBytes } = ALGORITHMS[cipher];
  const iv = randomBytes(ivBytes);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(ivBytes);
  const sealing = createCipheriv(name, key, iv, { authTagLength: TAG_BYTES });
  const text = [sealing.update(JSON.stringify(value), "utf8"), sealing.final()];
  return { value: Buffer.concat([length, iv, ...text, sealing.getAuthTag()]).toString("base64"), encryption: cipher };
}

function openWithAny(value: string, cipher: ParameterCipher, ring: Ring): Json | undefined {
  for (const key of ring[cipher]) {
    const plain = open(value, cipher, key);
    if (plain !== undefined) return plain;
  }
  return undefined;
}

/** @returns undefined when the key does not fit or the text was altered: the two cannot be told apart. */
function open(value: string, cipher: ParameterCipher, key: KeyObject): Json | undefined {
  const { name, ivBytes } = ALGORITHMS[cipher];
  const bytes = Buffer.from(value, "base64");
  if (bytes.length < LENGTH_BYTES + ivBytes + TAG_BYTES || bytes.readInt32BE() !== ivBytes) return undefined;
  const iv = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + ivBytes);
  const opening = createDecipheriv(name, key, iv, { authTagLength: TAG_BYTES });
  opening.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const text = [opening.update(bytes.subarray(LENGTH_BYTES + ivBytes, -TAG_BYTES)), opening.final()];
    return JSON.parse(Buffer.concat(text).toString("utf8")) as Json;
  } catch {
    return undefined; // the caller may have another key; who has none throws ParameterUnreadable
  }
}
