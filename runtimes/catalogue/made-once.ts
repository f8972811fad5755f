import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const making = new Map<string, Promise<void>>();

/**
 * Makes a folder unless it is there: at most once at a time in this process. Another process makes the same, and the faster
 * one's is kept.
 * @param make fills an empty folder, which everybody may then read
 */
export function madeOnce(place: string, make: (draft: string) => Promise<unknown>): Promise<void> {
  if (existsSync(place)) return Promise.resolve();
  const known = making.get(place) ?? fill(place, make).finally(() => making.delete(place));
  making.set(place, known);
  return known;
}

async function fill(place: string, make: (draft: string) => Promise<unknown>): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  const draft = await mkdtemp(`${place}-draft-`);
  try {
    await make(draft);
    await run("chmod", ["-R", "a+rX", draft]); // mkdtemp made it ours alone
    await rename(draft, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
