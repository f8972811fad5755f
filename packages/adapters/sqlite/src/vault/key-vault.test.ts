import { randomBytes } from "node:crypto";
import { describe, test } from "vitest";
import { keyVault, sameKey, VaultMismatch } from "./key-vault.ts";

const key = "k".repeat(64);

describe("a key vault", () => {
  test("gives back what it sealed", ({ expect }) => {
    const secret = randomBytes(32);
    const sealed = keyVault(secret).seal(key, "guest");

    expect(keyVault(secret).unseal(sealed, "guest")).toBe(key);
  });

  test("seals the same key differently each time", ({ expect }) => {
    const vault = keyVault(randomBytes(32));

    expect(vault.seal(key, "guest")).not.toEqual(vault.seal(key, "guest"));
    expect(Buffer.from(vault.seal(key, "guest")).includes(key.slice(0, 8))).toBe(false);
  });

  test("refuses what was sealed under another secret, clearly and without garbage", ({ expect }) => {
    const sealed = keyVault(randomBytes(32)).seal(key, "guest");
    const other = keyVault(randomBytes(32));

    expect(() => other.unseal(sealed, "guest")).toThrow(VaultMismatch);
    expect(() => other.unseal(sealed, "guest")).toThrow(/key of guest cannot be decrypted.*another secret/);
  });

  test("refuses what was sealed for another owner", ({ expect }) => {
    const vault = keyVault(randomBytes(32));

    expect(() => vault.unseal(vault.seal(key, "guest"), "thief")).toThrow(VaultMismatch);
  });

  test("refuses what was changed in any byte, or cut", ({ expect }) => {
    const vault = keyVault(randomBytes(32));
    const sealed = vault.seal(key, "guest");
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => vault.unseal(changed, "guest")).toThrow(VaultMismatch);
      expect(() => vault.unseal(sealed.subarray(0, at), "guest")).toThrow(VaultMismatch);
    }
  });

  test("digests a pair the same way under one secret, and otherwise under another", ({ expect }) => {
    const secret = randomBytes(32);
    const vault = keyVault(secret);

    expect(keyVault(secret).digest("u", key)).toEqual(vault.digest("u", key));
    expect(vault.digest("u", "x")).not.toEqual(vault.digest("u", key));
    expect(keyVault(randomBytes(32)).digest("u", key)).not.toEqual(vault.digest("u", key));
  });

  test("shows by its fingerprint which secret it has, without showing the secret", ({ expect }) => {
    const secret = randomBytes(32);

    expect(keyVault(secret).fingerprint).toEqual(keyVault(secret).fingerprint);
    expect(keyVault(secret).fingerprint).not.toEqual(keyVault(randomBytes(32)).fingerprint);
    expect(keyVault(secret).fingerprint).not.toEqual(secret);
  });

  test("wants a secret of 32 bytes", ({ expect }) => {
    expect(() => keyVault(randomBytes(16))).toThrow(/32 bytes, not 16/);
  });
});

describe("comparing keys", () => {
  test("tells equal from different, whatever their lengths", ({ expect }) => {
    expect(sameKey(key, `${key}`)).toBe(true);
    expect(sameKey(key, key.slice(1))).toBe(false);
    expect(sameKey(key, `${key.slice(1)}x`)).toBe(false);
    expect(sameKey("", "")).toBe(true);
  });
});
