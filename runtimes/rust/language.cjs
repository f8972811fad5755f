"use strict";
// Builds Rust actions: see runtimes/actionloop/language.d.cts.
const fs = require("node:fs");
const path = require("node:path");
const { compiler } = require("../actionloop/compiler.cjs");
const { CRATES_FD, cargoEnvironment, layOut, useFolderOfCrates, wrapSingleFile } = require("./workspace.cjs");

/** Crates that most actions use, and what was built of them, if they are there: see seed.cjs. */
const SEED = process.env["MERINGUE_RUST_SEED"];
/** Parameters under which cargo builds crates in another way than they were built. */
const STEERING = /^(RUSTFLAGS|RUSTC|CARGO_)/;
const NO_MANIFEST = "could not find `Cargo.toml` at the root of the archive";

/** @type {import("../actionloop/language.d.cts").Language} */
module.exports = {
  image: "rust",
  logsInitErrors: false,

  async compile({ main, source, target, scratch, env }) {
    if (fs.existsSync(path.join(source, "exec"))) wrapSingleFile(source);
    if (!fs.existsSync(path.join(source, "Cargo.toml"))) return NO_MANIFEST;
    const actions = path.join(scratch, "actions");
    fs.renameSync(source, actions);
    const manifest = layOut(scratch, main);
    const cargoEnv = cargoEnvironment(env, scratch);
    const descriptors = openCrates(actions);
    const options = { cwd: actions, env: cargoEnv, descriptors };
    /** @param {string} command @param {string[]} words */
    const cargo = (command, ...words) => compiler(["cargo", command, "--manifest-path", manifest, ...words], options);
    const isOffline = await usesCrates(scratch, descriptors, cargo);
    const steered = Object.keys(env).some((name) => STEERING.test(name));
    if (isOffline && !steered) linkTarget(scratch);
    const { ok, output } = await cargo("build", "--release", ...(isOffline ? ["--offline"] : []));
    for (const fd of Object.values(descriptors)) fs.closeSync(fd);
    if (!ok) return output;
    fs.renameSync(path.join(scratch, "target/release/launcher"), path.join(target, "exec"));
    return "";
  },
};

/** The crates that are there already, unless an action says where its own are. @param {string} actions @returns {Record<number, number>} */
function openCrates(actions) {
  if (SEED === undefined || !fs.existsSync(SEED) || fs.existsSync(path.join(actions, ".cargo"))) return {};
  return { [CRATES_FD]: fs.openSync(path.join(SEED, "crates"), "r") };
}

/**
 * Whether these crates will do: then nothing is brought, and most of it is built.
 * @param {string} scratch @param {Record<number, number>} descriptors
 * @param {(command: string, ...words: string[]) => Promise<{ ok: boolean }>} cargo
 */
async function usesCrates(scratch, descriptors, cargo) {
  if (descriptors[CRATES_FD] === undefined) return false;
  const home = path.join(scratch, "home");
  useFolderOfCrates(home);
  const { ok } = await cargo("generate-lockfile", "--offline");
  if (!ok) fs.rmSync(home, { recursive: true });
  return ok;
}

/** What was built is not copied: it would take memory. Cargo's notes about it are, for they may be written to. */
function linkTarget(/** @type {string} */ scratch) {
  const [from, to] = [path.join(SEED ?? "", "target/release"), path.join(scratch, "target/release")];
  fs.mkdirSync(path.join(to, "deps"), { recursive: true });
  fs.mkdirSync(path.join(to, "build"));
  for (const folder of ["deps", "build"]) {
    for (const name of fs.readdirSync(path.join(from, folder))) {
      fs.symlinkSync(path.join(from, folder, name), path.join(to, folder, name));
    }
  }
  fs.cpSync(path.join(from, ".fingerprint"), path.join(to, ".fingerprint"), {
    recursive: true,
    preserveTimestamps: true,
  });
}
