import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildCache } from "@meringue/core";
import type { Config } from "./config/config.ts";

const ONLY_US = { folder: 0o700, file: 0o600 };
const MIB = 1024 * 1024;
const DIGEST_BYTES = 32;
const KEY = /^[0-9a-z]+$/;

/** Settings of {@link folderBuildCache}. */
export interface BuildFolder {
  /** Made if absent. No other process may use it at the same time. */
  readonly folder: string;
  /** What all archives together may take. */
  readonly maxBytes: number;
  /** Epoch milliseconds, for the order in which files were used. Default: the system's clock. */
  readonly now?: () => number;
}

/** The build cache of a data folder, unless it has no room. */
export async function openBuildCache({
  dataDir,
  buildCacheMb,
}: Pick<Config, "dataDir" | "buildCacheMb">): Promise<{ readonly builds?: BuildCache }> {
  if (buildCacheMb === 0) return {};
  return { builds: await folderBuildCache({ folder: join(dataDir, "cache/builds"), maxBytes: buildCacheMb * MIB }) };
}

/**
 * Keeps builds as files. Each begins with the digest of what follows, so that one that was cut short or changed is none;
 * a file's time says when it was used last, so that the order outlives the process.
 */
export async function folderBuildCache({ folder, maxBytes, now = Date.now }: BuildFolder): Promise<BuildCache> {
  await mkdir(folder, { recursive: true, mode: ONLY_US.folder });
  /** Size of each file, in the order in which they were used. */
  const sizes = await readSizes(folder);
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);

  const drop = async (key: string): Promise<void> => {
    total -= sizes.get(key) ?? 0;
    sizes.delete(key);
    await rm(join(folder, key), { force: true });
  };
  const makeRoom = async (bytes: number): Promise<void> => {
    for (const oldest of [...sizes.keys()]) {
      if (total + bytes <= maxBytes) return;
      await drop(oldest);
    }
  };
  const write = async (key: string, archive: Buffer): Promise<void> => {
    const draft = join(folder, `.${key}-${randomBytes(4).toString("hex")}`);
    try {
      await writeFile(draft, Buffer.concat([digest(archive), archive]), { mode: ONLY_US.file });
      await rename(draft, join(folder, key));
    } finally {
      await rm(draft, { force: true });
    }
    total += archive.length;
    sizes.set(key, archive.length);
  };
  const inTurn = oneByOne();

  return {
    get: (key) =>
      inTurn(async () => {
        const size = sizes.get(key);
        if (size === undefined) return undefined;
        const archive = await readWhole(join(folder, key));
        if (archive === undefined) {
          await drop(key);
          return undefined;
        }
        sizes.delete(key);
        sizes.set(key, size);
        const time = now() / 1000;
        await utimes(join(folder, key), time, time);
        return archive;
      }),
    put: (key, archive) =>
      inTurn(async () => {
        if (!KEY.test(key)) throw new TypeError(`no key of a build: ${key}`);
        await drop(key);
        if (archive.length > maxBytes) return;
        await makeRoom(archive.length);
        await write(key, archive);
      }),
    forget: (key) => inTurn(() => drop(key)),
  };
}

/** What an earlier process kept, what was used longest ago first. What it was writing when it ended is removed. */
async function readSizes(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder);
  await Promise.all(names.filter((name) => name.startsWith(".")).map((name) => rm(join(folder, name))));
  const keys = names.filter((name) => KEY.test(name));
  const found = await Promise.all(
    keys.map(async (key) => {
      const { mtimeMs, size } = await stat(join(folder, key));
      return { key, mtimeMs, size: size - DIGEST_BYTES };
    }),
  );
  return new Map(found.toSorted((a, b) => a.mtimeMs - b.mtimeMs).map(({ key, size }) => [key, size]));
}

/** @returns undefined when it is gone, or not as it was written. */
async function readWhole(path: string): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(path);
    const archive = bytes.subarray(DIGEST_BYTES);
    return digest(archive).equals(bytes.subarray(0, DIGEST_BYTES)) ? archive : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function digest(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** @returns runs one piece of work after the other; one that fails does not keep the next. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined); // its caller is told
    return mine;
  };
}
