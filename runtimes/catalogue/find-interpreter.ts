import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { promisify } from "node:util";

/** An interpreter on this machine that a sandbox can see. */
export interface Interpreter {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** `8.2.36`. */
  readonly version: string;
}

/** What to look for. */
export interface InterpreterSearch {
  /** `PHP`. */
  readonly name: string;
  /** Where it may be. Only what lies in /usr is shown in a sandbox, so another place is of no use. */
  readonly places: readonly string[];
  /** Make it print its version, and after a space each thing that it lacks. */
  readonly probe: readonly string[];
  /** `8.0`. */
  readonly oldest: string;
}

const run = promisify(execFile);
const PROBE_LIMIT_MS = 10_000;

/** @returns the first that can be used, or a string that says why there is none. */
export async function findInterpreter(search: InterpreterSearch): Promise<Interpreter | string> {
  const { name, places, probe, oldest } = search;
  let why = `no ${name} ${oldest} or newer at ${places.join(" or ")}`;
  for (const place of places.filter((path) => existsSync(path) && realpathSync(path).startsWith("/usr/"))) {
    const path = realpathSync(place);
    // what does not run is as good as absent
    const done = await run(path, [...probe], { timeout: PROBE_LIMIT_MS }).catch(() => undefined);
    const [version = "", ...lacking] = done?.stdout.trim().split(/\s+/) ?? [];
    if (!isAtLeast(version, oldest)) continue;
    if (lacking.length === 0) return { path, version };
    why = `${place} lacks ${lacking.join(", ")}`;
  }
  return why;
}

function isAtLeast(version: string, oldest: string): boolean {
  const [major = Number.NaN, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = oldest.split(".").map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
