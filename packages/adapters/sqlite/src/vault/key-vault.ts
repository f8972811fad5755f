import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

const FORMAT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/** Length of the master secret. */
export const SECRET_BYTES = 32;

/** Keeps keys unreadable for whoever has the database but not the secret. */
export interface KeyVault {
  /**
   * Encrypts a key.
   * @param owner what the key is for: it unseals only when the same is named again, so that rows cannot be swapped.
   */
  seal(key: string, owner: string): Uint8Array;
  /** @throws VaultMismatch when it was sealed under another secret or for another owner, or was changed since. */
  unseal(sealed: Uint8Array, owner: string): string;
  /** Under what a key pair is looked up. Tells nothing about the pair to whoever lacks the secret. */
  digest(uuid: string, key: string): Uint8Array;
  /** The same for the same secret only: shows whether a database belongs to it. */
  readonly fingerprint: Uint8Array;
}

/** The secret is not the one that something was sealed under, or what was sealed is damaged. */
export class VaultMismatch extends Error {
  override readonly name = "VaultMismatch";
}

/**
 * @param secret the master secret, {@link SECRET_BYTES} long; every key that is used is derived from it.
 * @throws RangeError when it has another length.
 */
export function keyVault(secret: Uint8Array): KeyVault {
  if (secret.length !== SECRET_BYTES) {
    throw new RangeError(`The master secret must have ${SECRET_BYTES} bytes, not ${secret.length}.`);
  }
  const sealing = derive(secret, "meringue sealing 1");
  const lookup = derive(secret, "meringue lookup 1");
  return {
    seal: (key, owner) => seal(sealing, key, owner),
    unseal: (sealed, owner) => unseal(sealing, sealed, owner),
    digest: (uuid, key) => createHmac("sha256", lookup).update(`${uuid}:${key}`).digest(),
    fingerprint: derive(secret, "meringue fingerprint 1"),
  };
}

/** Whether two keys are equal, in a time that does not depend on where they differ. */
export function sameKey(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function derive(secret: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, new Uint8Array(), purpose, 32));
}

/** Format, nonce, tag, cipher text. */
function seal(sealing: Buffer, key: string, owner: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", sealing, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(owner));
  const text = Buffer.concat([cipher.update(key, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.getAuthTag(), text]);
}

function unseal(sealing: Buffer, sealed: Uint8Array, owner: string): string {
  if (sealed.length < HEAD_BYTES || sealed[0] !== FORMAT) throw mismatch(owner);
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", sealing, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(owner));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    const text = decipher.update(sealed.subarray(HEAD_BYTES));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch (error) {
    throw mismatch(owner, error);
  }
}

function mismatch(owner: string, cause?: unknown): VaultMismatch {
  return new VaultMismatch(
    `The stored key of ${owner} cannot be decrypted: it is damaged, or was encrypted under another secret.`,
    { cause },
  );
}
