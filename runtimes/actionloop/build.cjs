"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { decoded, EXECUTABLE, isExecutable, placeUpload } = require("./upload.cjs");

const NO_EXECUTABLE = "cannot compile";
const MISMATCH = "Execution environment version mismatch. See logs for details.";
const IMAGE_ENV = "exec.env";

/** An upload of which nothing can be made. */
class BuildFailed extends Error {}
/** An upload that was built elsewhere, for another language. */
class WrongEnvironment extends Error {}
/** Code that could not even be read. */
class UnreadableCode extends Error {}

/**
 * @typedef {object} Built
 * @property {string} folder holds `exec`
 * @property {boolean} compiled whether that was made here and now
 * @property {boolean} acknowledges whether it will say when it is ready, if asked to
 */

/**
 * Makes an executable of what was uploaded.
 * @param {object} work
 * @param {import("./language.d.cts").Language} work.language
 * @param {{ code: string, binary: boolean, built: boolean, main: string }} work.upload
 * @param {string} work.folder made; whatever it holds is removed when this fails
 * @param {NodeJS.ProcessEnv} work.env of the compiler
 * @returns {Promise<Built>}
 * @throws BuildFailed, WrongEnvironment, UnreadableCode
 */
async function build({ language, upload, folder, env }) {
  const source = path.join(folder, "src");
  const target = path.join(folder, "bin");
  fs.mkdirSync(source, { recursive: true });
  try {
    place(upload, source);
    if (upload.built || isExecutable(source)) {
      fs.renameSync(source, target);
      fs.chmodSync(path.join(target, "exec"), EXECUTABLE);
      return { folder: target, compiled: false, acknowledges: knowsLanguage(language, target) };
    }
    await compile(language, { main: upload.main, source, target, scratch: path.join(folder, "scratch"), env });
    fs.writeFileSync(path.join(target, IMAGE_ENV), `meringue/action-${language.image}\n`);
    return { folder: target, compiled: true, acknowledges: true };
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** @param {{ code: string, binary: boolean }} upload @param {string} folder */
function place({ code, binary }, folder) {
  let bytes;
  try {
    bytes = decoded(code, binary);
  } catch (error) {
    throw new UnreadableCode(`cannot decode the request: ${/** @type {Error} */ (error).message}`);
  }
  try {
    placeUpload(bytes, folder);
  } catch (error) {
    throw new BuildFailed(error instanceof Error ? error.message : String(error));
  }
}

/** Sources and what the compiler left go: they would count against the memory of the action. */
async function compile(
  /** @type {import("./language.d.cts").Language} */ language,
  /** @type {import("./language.d.cts").Work} */ work,
) {
  fs.mkdirSync(work.target);
  fs.mkdirSync(work.scratch);
  const complaint = await language.compile(work);
  if (complaint !== "") throw new BuildFailed(complaint);
  const file = path.join(work.target, "exec");
  if (!fs.existsSync(file)) throw new BuildFailed(NO_EXECUTABLE);
  fs.chmodSync(file, EXECUTABLE);
  for (const folder of [work.source, work.scratch]) fs.rmSync(folder, { recursive: true, force: true });
}

/**
 * An archive that was built by an image says by which; one that says nothing is taken for what it is.
 * @param {import("./language.d.cts").Language} language @param {string} folder
 * @throws WrongEnvironment
 */
function knowsLanguage({ image }, folder) {
  const file = path.join(folder, IMAGE_ENV);
  if (!fs.existsSync(file)) return false;
  const found = fs.readFileSync(file, "utf8").trim();
  if (new RegExp(`(^|/)action-${image}(-|$)`).test(found)) return true;
  process.stdout.write(`Expected exec.env should start with action-${image}\nActual value: ${found}\n`);
  throw new WrongEnvironment(MISMATCH);
}

module.exports = { build, BuildFailed, UnreadableCode, WrongEnvironment };
