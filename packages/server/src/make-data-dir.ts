import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

const ONLY_US = 0o700;

/** Makes the data folder, and what it lies in, unless they are there. @throws the system's error. */
export async function makeDataDir(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: ONLY_US });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    // what Node says of a read-only file system as well, when it is to make more than one folder
    await mkdir(dirname(path), { recursive: true, mode: ONLY_US });
    await mkdir(path, { mode: ONLY_US });
  }
}
