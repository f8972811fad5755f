import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const MIB = 2 ** 20;

/** A file system of its own that can be full, or read-only. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the space that is left. */
  fill(): Promise<void>;
  /** Gives back what {@link fill} took. */
  free(): Promise<void>;
  /** Lets nothing be written any more; nothing may be open for writing. */
  makeReadOnly(): Promise<void>;
  /** What is still open in it keeps it until it is closed. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** @returns undefined when {@link smallDisk} can work here, else why not, in one sentence without a period. */
export function smallDiskUnavailable(): string | undefined {
  if (process.platform !== "linux") return "a file system of the test's own takes Linux";
  if (process.getuid?.() !== 0) return "a file system of the test's own takes root to mount";
  try {
    execFileSync("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "mounting a file system is not permitted";
  }
}

/** @param megabytes what it holds, its own bookkeeping aside */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-disk-"));
  const ballast = join(folder, "ballast");
  await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "meringue-test", folder]);
  return {
    folder,
    async fill() {
      for (let bytes = MIB; bytes >= 1; bytes >>= 1) while (await grows(ballast, bytes));
    },
    free: () => rm(ballast, { force: true }),
    async makeReadOnly() {
      await run("mount", ["-o", "remount,ro", folder]);
    },
    async [Symbol.asyncDispose]() {
      await run("umount", ["--lazy", folder]);
      await rm(folder, { recursive: true });
    },
  };
}

/** @returns false when there is no space for so many bytes. */
async function grows(path: string, bytes: number): Promise<boolean> {
  try {
    await writeFile(path, Buffer.alloc(bytes), { flag: "a" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    return false;
  }
}
