import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { promisify } from "node:util";

/** A Python on this machine that a sandbox can see. */
export interface PythonBinary {
  /** Absolute. */
  readonly path: string;
  /** `3.11.2`. */
  readonly version: string;
}

const run = promisify(execFile);
/** Home folders are not shown in a sandbox, so a Python of pyenv's is of no use. */
const PLACES = ["/usr/bin/python3", "/usr/local/bin/python3"];
const OLDEST_MINOR = 9;
const PROBE_LIMIT_MS = 10_000;
const PROBE = "import sys, json; print('%d.%d.%d' % sys.version_info[:3])";

/** @returns a string that says why there is none. */
export async function findPython(): Promise<PythonBinary | string> {
  const usable = PLACES.filter((path) => existsSync(path) && realpathSync(path).startsWith("/usr/"));
  for (const path of usable) {
    const version = await askVersion(path);
    const [major, minor] = version?.split(".").map(Number) ?? [];
    if (version !== undefined && major === 3 && (minor ?? 0) >= OLDEST_MINOR) return { path, version };
  }
  return `no Python 3.${OLDEST_MINOR} or newer at ${PLACES.join(" or ")}`;
}

/** @returns undefined when it does not run, or lacks its standard library (Debian's python3-minimal). */
async function askVersion(path: string): Promise<string | undefined> {
  const done = await run(path, ["-I", "-c", PROBE], { timeout: PROBE_LIMIT_MS }).catch(() => undefined);
  return done?.stdout.trim();
}
