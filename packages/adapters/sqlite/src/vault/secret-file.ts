import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { SECRET_BYTES } from "./key-vault.ts";

/** The file that should hold the master secret cannot be used; the message says why and what to do. */
export class SecretFileUnusable extends Error {
  override readonly name = "SecretFileUnusable";
}

/**
 * Reads the master secret, or makes one at the first start: {@link SECRET_BYTES} random bytes, as hexadecimal digits in
 * a file that only its owner can read. Two processes that start at once end up with one secret.
 * @throws SecretFileUnusable when others may read the file, or it holds something else.
 */
export async function loadOrCreateSecret(path: string): Promise<Uint8Array> {
  return (await loadSecret(path)) ?? (await createSecret(path));
}

async function loadSecret(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path, constants.O_RDONLY).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new SecretFileUnusable(`The secret file ${path} cannot be read: ${error.message}`, { cause: error });
  });
  if (file === undefined) return undefined;
  try {
    const { mode } = await file.stat();
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(3, "0");
      throw new SecretFileUnusable(
        `The secret file ${path} can be read or written by others (mode ${shown}). Make it private: chmod 600 ${path}`,
      );
    }
    return parse((await file.readFile("utf8")).trim(), path);
  } finally {
    await file.close();
  }
}

function parse(text: string, path: string): Uint8Array {
  if (!/^[0-9a-f]+$/.test(text) || text.length !== SECRET_BYTES * 2) {
    throw new SecretFileUnusable(
      `The secret file ${path} does not hold a secret: ${SECRET_BYTES * 2} hexadecimal digits were expected. ` +
        "Restore it from a backup; without it the stored keys cannot be decrypted.",
    );
  }
  return Buffer.from(text, "hex");
}

async function createSecret(path: string): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const secret = randomBytes(SECRET_BYTES);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    const file = await open(draft, "wx", 0o600);
    try {
      await file.writeFile(`${secret.toString("hex")}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // a link appears whole or not at all, and never over an existing file
    await link(draft, path);
    await syncFolder(dirname(path));
    return secret;
  } catch (error) {
    const other = (error as NodeJS.ErrnoException).code === "EEXIST" ? await loadSecret(path) : undefined;
    if (other !== undefined) return other;
    throw new SecretFileUnusable(`The secret file ${path} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await rm(draft, { force: true });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
