import { execFile } from "node:child_process";
import { existsSync, globSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ASK_LIMIT_MS = 10_000;

/** A Rust toolchain on this machine. */
export interface RustTools {
  /** Folder whose `bin` has `rustc` and `cargo`, absolute, without symbolic links. */
  readonly root: string;
  /** `1.85.0`. */
  readonly version: string;
}

const OLDEST = [1, 63];

/**
 * Looks for Rust: what `MERINGUE_RUST` names (a folder with `bin/cargo`), what rustup brought, Debian's.
 * @returns a string that says what is missing
 */
export async function findRust(env: NodeJS.ProcessEnv): Promise<RustTools | string> {
  const rustup = env["RUSTUP_HOME"] ?? join(homedir(), ".rustup");
  const places = [
    ...(env["MERINGUE_RUST"] ? [env["MERINGUE_RUST"]] : []),
    ...globSync(join(rustup, "toolchains/stable-*")),
    "/usr",
    "/usr/local",
    ...globSync(join(rustup, "toolchains/[0-9]*")).sort().toReversed(),
  ];
  for (const place of places) {
    const found = await readRust(place);
    if (found !== undefined) return found;
  }
  return `no Rust ${OLDEST.join(".")} or newer with cargo, such as Debian's cargo`;
}

/** @returns undefined when it is none, does not work, or is too old. */
async function readRust(folder: string): Promise<RustTools | undefined> {
  if (!["bin/rustc", "bin/cargo"].every((file) => existsSync(join(folder, file)))) return undefined;
  const root = realpathSync(folder);
  try {
    const { stdout } = await run(join(root, "bin/rustc"), ["--version"], { timeout: ASK_LIMIT_MS });
    const [, version, major, minor] = /^rustc ((\d+)\.(\d+)\S*)/.exec(stdout) ?? [];
    const isNewEnough = Number(major) > 1 || Number(minor) >= (OLDEST[1] ?? 0);
    return version !== undefined && isNewEnough ? { root, version } : undefined;
  } catch {
    return undefined; // a proxy without a toolchain behind it
  }
}
