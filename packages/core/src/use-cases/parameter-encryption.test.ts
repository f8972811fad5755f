import { webcrypto } from "node:crypto";
import { aMessage } from "@meringue/testkit";
import fc from "fast-check";
import { describe, test } from "vitest";
import { anyJson, anyKeyValues } from "../../test/arbitraries.ts";
import type { Json } from "../domain/json.ts";
import { type KeyValue, lockedNames, toObject } from "../domain/parameters.ts";
import { asWritten, PARAMETER_CIPHERS, ParameterUnreadable, parameterLocks } from "./parameter-encryption.ts";

const counting = (length: number, from = 0) => Uint8Array.from({ length }, (_, index) => from + index);
const KEYS = { "aes-128": [counting(16)], "aes-256": [counting(32)] };
const OTHER_KEYS = { "aes-128": [counting(16, 1)], "aes-256": [counting(32, 1)] };
const IV_BYTES = { "aes-128": 12, "aes-256": 128 };
const off = parameterLocks({ current: "off", keys: KEYS });

/** `{"user":"ada","pin":[1,2]}` under the keys 0, 1, 2… and vectors 100, 101, 102…, made with another library. */
const VECTORS = {
  "aes-128": "AAAADGRlZmdoaWprbG1ub2FAO9a+cJrAuV8zcaTmCZxZ5lrFyZjxaKkSTmZwCP5sTIrx0FY9WuaP9Q==",
  "aes-256":
    "AAAAgGRlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6ytrq+w" +
    "sbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLjPjI/g0ZfFyngjwGu3nvMerg3WPAEdqs4kls/hVrd" +
    "S1nWoLVE06WH+I2V",
};

/** What an action with these parameters would be called with. */
function unlocked(locks: ReturnType<typeof parameterLocks>, list: readonly KeyValue[]): Json {
  return locks.unlock(aMessage({ args: toObject(list), lockedArgs: lockedNames(list) })).args;
}

/** Takes a locked value apart by the book. */
async function byTheBook(value: Json, cipher: "aes-128" | "aes-256"): Promise<{ ivBytes: number; text: string }> {
  const bytes = Buffer.from(String(value), "base64");
  const ivBytes = bytes.readInt32BE();
  const key = await webcrypto.subtle.importKey("raw", KEYS[cipher][0] as Uint8Array<ArrayBuffer>, "AES-GCM", false, [
    "decrypt",
  ]);
  const how = { name: "AES-GCM", iv: bytes.subarray(4, 4 + ivBytes), tagLength: 128 };
  const plain = await webcrypto.subtle.decrypt(how, key, bytes.subarray(4 + ivBytes));
  return { ivBytes, text: Buffer.from(plain).toString("utf8") };
}

describe.for(PARAMETER_CIPHERS)("parameters under %s", (cipher) => {
  const locks = parameterLocks({ current: cipher, keys: KEYS });
  const lockedPin = locks.lock([{ key: "pin", value: 1234 }]);

  test("open what another implementation locked", ({ expect }) => {
    const list = [{ key: "a", value: VECTORS[cipher], encryption: cipher }];
    expect(unlocked(off, list)).toEqual({ a: { user: "ada", pin: [1, 2] } });
  });

  test("are locked so that another implementation opens them", async ({ expect }) => {
    const [locked] = locks.lock([{ key: "a", value: { user: "ada", pin: [1, 2] }, init: true }]);
    expect(locked).toEqual({ key: "a", value: expect.any(String), init: true, encryption: cipher });
    expect(await byTheBook(locked?.value ?? null, cipher)).toEqual({
      ivBytes: IV_BYTES[cipher],
      text: '{"user":"ada","pin":[1,2]}',
    });
  });

  test("come back as they were, whatever they are", ({ expect }) => {
    fc.assert(
      fc.property(anyKeyValues, (list) => {
        const plain = list.map(({ key, value, init }) => ({ key, value, ...(init === true ? { init } : {}) }));
        const locked = locks.lock(plain);
        for (const { value, encryption } of locked) expect(encryption).toBe(value === null ? undefined : cipher);
        expect(unlocked(off, locked)).toEqual(toObject(plain));
      }),
    );
  });

  test("never look the same twice", ({ expect }) => {
    expect(locks.lock([{ key: "pin", value: 1234 }])).not.toEqual(lockedPin);
  });

  test("are refused when a single bit was changed", ({ expect }) => {
    const [{ value } = { value: "" }] = lockedPin;
    const bits = Buffer.from(String(value), "base64").length * 8;
    fc.assert(
      fc.property(fc.nat(bits - 1), (bit) => {
        const bytes = Buffer.from(String(value), "base64");
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const changed = [{ key: "pin", value: bytes.toString("base64"), encryption: cipher }];
        expect(() => unlocked(off, changed)).toThrow(ParameterUnreadable);
      }),
    );
  });

  test.for(["", "?", "AAAA", "AAAADA==", VECTORS[cipher].slice(0, 60)])(
    "are refused when all there is is '%s'",
    (value, { expect }) => {
      expect(() => unlocked(off, [{ key: "pin", value, encryption: cipher }])).toThrow(ParameterUnreadable);
    },
  );

  test.for([{}, OTHER_KEYS])("are refused without their key, in words that give nothing away", (keys, { expect }) => {
    expect(() => unlocked(parameterLocks({ current: "off", keys }), lockedPin)).toThrow(
      "no configured key opens the parameter 'pin'",
    );
  });

  test("are told from what only says that it is encrypted", ({ expect }) => {
    const strange = [
      { key: "a", value: "text", encryption: "rot13" },
      { key: "b", value: 1, encryption: cipher },
    ];
    expect(locks.lock(strange)).toEqual(strange);
    expect(unlocked(locks, strange)).toEqual({ a: "text", b: 1 });
  });
});

describe("rotation", () => {
  const short = parameterLocks({ current: "aes-128", keys: KEYS });
  const long = parameterLocks({ current: "aes-256", keys: KEYS });
  const plain = [
    { key: "a", value: "old" },
    { key: "b", value: null },
  ];

  test("locks anew what is under another cipher, and what is in plain", ({ expect }) => {
    const written = long.lock([...short.lock(plain), { key: "c", value: true }]);
    expect(written.map(({ encryption }) => encryption)).toEqual(["aes-256", undefined, "aes-256"]);
    expect(unlocked(off, written)).toEqual({ a: "old", b: null, c: true });
  });

  test("locks anew what is under an older key of the same cipher", ({ expect }) => {
    const rotated = parameterLocks({
      current: "aes-256",
      keys: { "aes-256": [...OTHER_KEYS["aes-256"], ...KEYS["aes-256"]] },
    });
    const written = rotated.lock(long.lock(plain));
    expect(unlocked(parameterLocks({ current: "off", keys: OTHER_KEYS }), written)).toEqual({ a: "old", b: null });
    expect(() => unlocked(long, written)).toThrow(ParameterUnreadable);
  });

  test("leaves alone what the current key opens, and what no key opens", ({ expect }) => {
    const locked = long.lock(plain);
    expect(long.lock(locked)).toEqual(locked);
    expect(parameterLocks({ current: "aes-128", keys: OTHER_KEYS }).lock(locked)).toEqual(locked);
  });

  test("changes nothing while encryption is off, and what was locked before stays readable", ({ expect }) => {
    const list = [...long.lock(plain), { key: "c", value: 1 }];
    expect(off.lock(list)).toBe(list);
    expect(unlocked(off, list)).toEqual({ a: "old", b: null, c: 1 });
  });
});

describe("the answer to a write", () => {
  test("shows what came in plain as it came, and what was locked before as it is now", ({ expect }) => {
    const locks = parameterLocks({ current: "aes-256", keys: KEYS });
    const [old] = parameterLocks({ current: "aes-128", keys: KEYS }).lock([{ key: "old", value: 1 }]) as [KeyValue];
    const wanted = [old, { key: "new", value: 2 }];
    const stored = locks.lock(wanted);
    expect(asWritten(wanted, stored)).toEqual([stored[0], { key: "new", value: 2 }]);
  });
});

describe("the keys", () => {
  test("must have the length of their cipher, and be there", ({ expect }) => {
    expect(() => parameterLocks({ current: "off", keys: { "aes-256": [counting(16)] } })).toThrow(
      "a key of aes-256 has 32 bytes, not 16",
    );
    expect(() => parameterLocks({ current: "aes-128", keys: { "aes-256": [counting(32)] } })).toThrow(
      "there is no key for aes-128",
    );
  });
});

describe("a message without locks", () => {
  test("is left as it is, and so are arguments that are a list", ({ expect }) => {
    fc.assert(
      fc.property(anyJson, (value) => {
        for (const message of [
          aMessage({ args: { value } }),
          aMessage({ args: [value], lockedArgs: { a: "aes-256" } }),
        ])
          expect(off.unlock(message)).toBe(message);
      }),
    );
  });
});
