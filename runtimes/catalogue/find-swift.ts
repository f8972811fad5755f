import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";

/** A Swift toolchain on this machine. */
export interface SwiftTools {
  /** The folder with `bin/swiftc` and `lib/swift`, absolute, without symbolic links. */
  readonly root: string;
  /** `6.0.3`. */
  readonly version: string;
}

const run = promisify(execFile);
const PROBE_LIMIT_MS = 20_000;
const INSTALLED = ["/usr/bin", "/usr/libexec/swift/bin", "/opt/swift/usr/bin", "/usr/local/swift/usr/bin"];

/**
 * Looks for Swift: what `MERINGUE_SWIFT` names (a folder with `bin/swiftc`), on PATH and in the usual places.
 * @returns a string that says what is missing
 */
export async function findSwift(env: NodeJS.ProcessEnv): Promise<SwiftTools | string> {
  const named = env["MERINGUE_SWIFT"] ? [join(env["MERINGUE_SWIFT"], "bin")] : [];
  const folders = [...named, ...(env["PATH"] ?? "").split(delimiter), ...INSTALLED];
  for (const program of folders.map((folder) => join(folder, "swiftc")).filter((path) => existsSync(path))) {
    // what does not run is as good as absent
    const done = await run(program, ["--version"], { timeout: PROBE_LIMIT_MS }).catch(() => undefined);
    const version = /Swift version (\d+(?:\.\d+)+)/.exec(done?.stdout ?? "")?.[1];
    if (version !== undefined) return { root: rootOf(program), version };
  }
  return "no Swift, such as Debian's swiftlang (from trixie on)";
}

/** The compiler is a link to a program beside its libraries, but may be a link from elsewhere first. */
function rootOf(program: string): string {
  return dirname(dirname(realpathSync(program)));
}
