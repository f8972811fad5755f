"use strict";
// `node seed.cjs FOLDER`: brings the crates that most actions use, and builds them, so that an action is built in a second.
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { CRATES_FD, cargoEnvironment, layOut, useFolderOfCrates, wrapSingleFile } = require("./workspace.cjs");

/** Where Debian keeps crates as source, each a package such as librust-serde-json-dev. */
const DEBIAN = "/usr/share/cargo/registry";
const NEEDED = ["serde-", "serde_derive-", "serde_json-"];
const SAMPLE = `use serde_derive::Deserialize;
use serde_json::{Error, Value};
#[derive(Deserialize)]
pub struct Sample { pub name: String }
pub fn main(args: Value) -> Result<Value, Error> { Ok(args) }
`;

function main() {
  const seed = path.resolve(/** @type {string} */ (process.argv[2]));
  const work = path.join(seed, "work");
  const actions = path.join(work, "actions");
  fs.mkdirSync(actions, { recursive: true });
  fs.writeFileSync(path.join(actions, "exec"), SAMPLE);
  wrapSingleFile(actions);
  const manifest = layOut(work, "main");
  const { CARGO_HOME: _, ...own } = process.env;
  const env = cargoEnvironment(own, work);
  const crates = fromDebian() ? DEBIAN : path.join(seed, "crates");
  if (crates !== DEBIAN) vendor(manifest, crates, env);
  fs.rmSync(path.join(work, "launcher/Cargo.lock"), { force: true });
  useFolderOfCrates(path.join(work, "home"));
  /** @type {(number | "ignore" | "pipe")[]} */
  const stdio = ["ignore", "pipe", "pipe", ...Array(CRATES_FD - 3).fill("ignore"), fs.openSync(crates, "r")];
  execFileSync("cargo", ["build", "--manifest-path", manifest, "--release", "--offline"], { cwd: actions, env, stdio });
  keepTarget(path.join(work, "target/release"), path.join(seed, "target/release"));
  if (crates === DEBIAN) fs.symlinkSync(DEBIAN, path.join(seed, "crates"));
  fs.rmSync(work, { recursive: true });
}

/** With the settings for registries that cargo has here anyway. */
function vendor(/** @type {string} */ manifest, /** @type {string} */ crates, /** @type {NodeJS.ProcessEnv} */ env) {
  const { CARGO_HOME } = process.env;
  const words = ["vendor", "--manifest-path", manifest, crates];
  execFileSync("cargo", words, { env: { ...env, CARGO_HOME }, stdio: "pipe" });
}

function fromDebian() {
  const names = fs.existsSync(DEBIAN) ? fs.readdirSync(DEBIAN) : [];
  return NEEDED.every((prefix) => names.some((name) => new RegExp(`^${prefix}\\d`).test(name)));
}

/** All but what is the sample's own. @param {string} from @param {string} to */
function keepTarget(from, to) {
  const own = /^(lib)?(launcher|actions)[-.]/;
  for (const folder of ["deps", "build", ".fingerprint"]) {
    fs.mkdirSync(path.join(to, folder), { recursive: true });
    for (const name of fs.readdirSync(path.join(from, folder))) {
      if (!own.test(name)) fs.renameSync(path.join(from, folder, name), path.join(to, folder, name));
    }
  }
}

main();
