import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { findLaunchers, type Launcher, type Launchers } from "../catalogue.ts";

/** Outlives the tests: what is made of installed tools alone takes a while, and is the same each time. */
const TOOLS = join(import.meta.dirname, "../../node_modules/.cache/meringue-tools");

/** The catalogue, with a cache folder that is removed after the tests of a file. */
export async function temporaryLaunchers(): Promise<Launchers> {
  const cacheDir = mkdtempSync(join(tmpdir(), "runtimes-"));
  afterAll(() => rmSync(cacheDir, { recursive: true }));
  return findLaunchers({ cacheDir, toolsDir: TOOLS });
}

/** @throws Error saying why there is no launcher. */
export function mustLaunch(launchers: Launchers, kind: string, image = ""): Launcher {
  const launcher = launchers.launcherFor(kind, image);
  if (typeof launcher === "string") throw new Error(launcher);
  return launcher;
}
