import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { findLaunchers, type Launcher, type Launchers } from "../catalogue.ts";

/** The catalogue, with a cache folder that is removed after the tests of a file. */
export async function temporaryLaunchers(): Promise<Launchers> {
  const cacheDir = mkdtempSync(join(tmpdir(), "runtimes-"));
  afterAll(() => rmSync(cacheDir, { recursive: true }));
  return findLaunchers({ cacheDir });
}

/** @throws Error saying why there is no launcher. */
export function mustLaunch(launchers: Launchers, kind: string, image = ""): Launcher {
  const launcher = launchers.launcherFor(kind, image);
  if (typeof launcher === "string") throw new Error(launcher);
  return launcher;
}
