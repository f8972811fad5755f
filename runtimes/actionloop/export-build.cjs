"use strict";
// `-compile MAIN [-env JSON]`: source or an archive on stdin, what was built of it on stdout.
const fs = require("node:fs");
const path = require("node:path");
const { zipOf } = require("./archive.cjs");
const { build } = require("./build.cjs");
const { forCompiler } = require("./loop-action.cjs");

const ENV_FLAG = "-env";

/**
 * Ends the process: with 1 when nothing could be built, after it was said why.
 * @param {object} parts
 * @param {import("./language.d.cts").Language} parts.language
 * @param {string} parts.folder
 * @param {NodeJS.ProcessEnv} parts.env
 * @param {string[]} parts.words behind -compile
 */
async function exportBuild({ language, folder, env, words }) {
  const envAt = words.indexOf(ENV_FLAG);
  const [main] = words.filter((_, index) => envAt < 0 || (index !== envAt && index !== envAt + 1));
  try {
    const parameters = envAt < 0 ? {} : JSON.parse(words[envAt + 1] ?? "");
    const code = fs.readFileSync(0).toString("base64");
    const upload = { code, binary: true, built: false, main: main ?? "main" };
    const place = path.join(folder, "export");
    const built = await build({ language, upload, folder: place, env: forCompiler({ ...env, ...parameters }) });
    const archive = zipOf(built.folder);
    for (let written = 0; written < archive.length; ) written += fs.writeSync(1, archive, written);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

module.exports = { exportBuild };
