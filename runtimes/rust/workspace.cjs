"use strict";
// The crates of which a program becomes: an action's, and the launcher's around it.
const fs = require("node:fs");
const path = require("node:path");

const LAUNCHER = path.join(__dirname, "launcher.rs");
const SINGLE_FILE = path.join(__dirname, "single-file.toml");
const ENTRY = "use actions::main as action;";
const CRATES_FD = 9;
/** Those of single-file.toml. */
const CRATES = ["serde", "serde_derive", "serde_json"];
/** What the launcher itself uses: all that an action with crates of its own has to have. */
const OWN_CRATES = ["serde_json"];
const PACKAGE = /^\s*\[package\][^[]*?^\s*name\s*=\s*"([^"]+)"/ms;
/**
 * Lays out the launcher's crate, beside the folder `actions`, which is there already. It is no workspace with that: crates
 * that an action brings along would become members, and all that their tests need would have to be there.
 * @param {string} folder @param {string} main name of the action's function
 * @returns {string} the launcher's manifest
 */
function layOut(folder, main) {
  const launcher = path.join(folder, "launcher");
  const actions = path.join(folder, "actions");
  fs.mkdirSync(path.join(launcher, "src"), { recursive: true });
  const lock = path.join(actions, "Cargo.lock");
  if (fs.existsSync(lock)) fs.renameSync(lock, path.join(launcher, "Cargo.lock"));
  const name = PACKAGE.exec(fs.readFileSync(path.join(actions, "Cargo.toml"), "utf8"))?.[1] ?? "actions";
  const manifest = path.join(launcher, "Cargo.toml");
  // With the same crates the launcher asks for the same features of them as when they were built, whatever the action asks for.
  const crates = fs.existsSync(path.join(actions, ".cargo")) ? OWN_CRATES : CRATES;
  fs.writeFileSync(manifest, launcherManifest(name, crates));
  const text = fs.readFileSync(LAUNCHER, "utf8").replace(ENTRY, `use actions::${main} as action;`);
  fs.writeFileSync(path.join(launcher, "src/main.rs"), text);
  return manifest;
}

/** @param {string} name of the action's crate @param {string[]} crates */
function launcherManifest(name, crates) {
  return `[package]
name = "launcher"
version = "0.1.0"
edition = "2018"

[dependencies]
actions = { path = "../actions", package = "${name}" }
${crates.map((crate) => `${crate} = "1.0"`).join("\n")}

[profile.release]
strip = true

[workspace]
`;
}

/** Makes a crate of a single file. @param {string} folder whose `exec` it is */
function wrapSingleFile(folder) {
  fs.mkdirSync(path.join(folder, "src"));
  fs.renameSync(path.join(folder, "exec"), path.join(folder, "src/lib.rs"));
  fs.copyFileSync(SINGLE_FILE, path.join(folder, "Cargo.toml"));
}

/**
 * For cargo: brings crates from a folder in the place of crates.io. It is told as a descriptor, which cargo has to be given:
 * what was built of a crate is good only under the path that the crate had, and that differs in every sandbox.
 * @param {string} home CARGO_HOME
 */
function useFolderOfCrates(home) {
  fs.mkdirSync(home, { recursive: true });
  const text = `[source.crates-io]\nreplace-with = "seed"\n\n[source.seed]\ndirectory = "/proc/self/fd/${CRATES_FD}"\n`;
  fs.writeFileSync(path.join(home, "config.toml"), text);
}

/** What cargo is run with. @param {NodeJS.ProcessEnv} env @param {string} folder for all that it writes */
function cargoEnvironment(env, folder) {
  const tools = process.env["MERINGUE_RUST"];
  const search = tools === undefined ? env["PATH"] : `${tools}/bin:${env["PATH"] ?? ""}`;
  return {
    CARGO_HOME: path.join(folder, "home"),
    CARGO_NET_RETRY: "2",
    ...env,
    PATH: search,
    CARGO_TARGET_DIR: path.join(folder, "target"),
    CARGO_TERM_COLOR: "never",
    CARGO_TERM_QUIET: "true",
  };
}

module.exports = { CRATES_FD, cargoEnvironment, layOut, useFolderOfCrates, wrapSingleFile };
