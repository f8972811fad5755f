import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Launcher } from "../catalogue.ts";
import type { NodeBinary } from "./find-node.ts";
import type { RustTools } from "./find-rust.ts";
import type { Gathered } from "./gather.ts";
import { loopLauncher } from "./loop-launcher.ts";
import { madeOnce } from "./made-once.ts";

const run = promisify(execFile);
const BUILD_LIMIT_MS = 300_000;
const SEED_INSIDE = "/runtime/rust-seed";
const ROOT_INSIDE = "/runtime/rust-root";
/** Changes when seeds are made in another way. */
const SEED_FORMAT = 2;

/**
 * The launcher of a rust kind; of source it makes an executable with the machine's Rust. The crates that most actions use
 * are brought and built before the first container is started, which takes up to a minute, once.
 * @param cacheDir where they are kept
 */
export function rustLauncher(rust: RustTools | string, node: NodeBinary, files: Gathered, cacheDir: string): Launcher {
  if (typeof rust === "string") return loopLauncher({ folder: "rust", tools: undefined }, node, files);
  const inSystem = rust.root === "/usr" || rust.root.startsWith("/usr/");
  const seed = join(cacheDir, `rust-${seedKey(rust)}`);
  const language = {
    folder: "rust",
    tools: `rust ${rust.version}`,
    binds: [...(inSystem ? [] : [{ source: rust.root, target: ROOT_INSIDE }]), { source: seed, target: SEED_INSIDE }],
    env: { MERINGUE_RUST: inSystem ? rust.root : ROOT_INSIDE, MERINGUE_RUST_SEED: SEED_INSIDE },
    prepare: () => madeOnce(seed, (draft) => makeSeed(rust, join(files.runtimes, "rust/seed.cjs"), draft)),
  };
  return loopLauncher(language, node, files);
}

/** For the operator: what a kind runs on. */
export function describeRust(kind: string, rust: RustTools | string): string {
  if (typeof rust === "string") return `${kind} runs precompiled actions only: ${rust}`;
  return `${kind} runs on Rust ${rust.version} (${rust.root})`;
}

/** Cargo is run as whoever runs the server, with their settings for registries and proxies. */
function makeSeed(rust: RustTools, script: string, draft: string): Promise<unknown> {
  const env = { ...process.env, MERINGUE_RUST: rust.root };
  return run(process.execPath, [script, draft], { env, timeout: BUILD_LIMIT_MS });
}

function seedKey(rust: RustTools): string {
  return createHash("sha256")
    .update(JSON.stringify([SEED_FORMAT, rust]))
    .digest("hex")
    .slice(0, 16);
}
