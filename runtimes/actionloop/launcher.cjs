"use strict";
// Runs executables that speak OpenWhisk's action loop, and builds them of source first: the launcher protocol, lines in on
// --input-fd (0), lines out on descriptor 3. The first argument is the module that builds.
const { Socket } = require("node:net");
const { lineSplitter } = require("../nodejs/lines.cjs");
const { hideLogStreams } = require("../nodejs/log-streams.cjs");
const { exportBuild } = require("./export-build.cjs");
const { loopAction } = require("./loop-action.cjs");

const RESULT_FD = 3;
const INPUT_FLAG = "--input-fd=";
const COMPILE_FLAG = "-compile";

// launcher.cjs LANGUAGE [--input-fd=N | -compile MAIN [-env JSON]]
function main() {
  /** @type {import("./language.d.cts").Language} */
  const language = require(/** @type {string} */ (process.argv[2]));
  const folder = process.env["MERINGUE_ACTION_DIR"] ?? `${process.cwd()}/action`;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MERINGUE_")));
  const compileAt = process.argv.indexOf(COMPILE_FLAG);
  if (compileAt > 0) void exportBuild({ language, env, folder, words: process.argv.slice(compileAt + 1) });
  else serve(language, folder, env);
}

/** @param {import("./language.d.cts").Language} language @param {string} folder @param {NodeJS.ProcessEnv} env */
function serve(language, folder, env) {
  const logs = hideLogStreams();
  // Once its process has ended there is nothing left to answer with: whoever is in front answers for both.
  const action = loopAction({ language, folder, env, logs, ended: () => process.exit(1) });

  /** @param {string} line */
  const answer = async (line) => {
    const message = parse(line);
    const isInit = message.init !== undefined;
    const { status, text } = await (isInit ? action.init(message.init) : action.run(line, message));
    logs.writeAll(RESULT_FD, `${status} ${isInit ? "init" : (message.activation_id ?? "-")} ${text}\n`);
  };
  let previous = Promise.resolve(); // one activation at a time; the others wait
  const feed = lineSplitter((line) => {
    previous = previous.then(() => answer(line));
  });
  const end = () => {
    action.kill();
    process.exit(0);
  };
  const fd = Number(process.argv.find((argument) => argument.startsWith(INPUT_FLAG))?.slice(INPUT_FLAG.length) ?? 0);
  new Socket({ fd, readable: true, writable: false }).on("data", feed).once("end", end).once("error", end);
}

/** @param {string} line @returns {any} an empty message where it is no JSON object */
function parse(line) {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {}; // the executable gets the line as it is, and may make something of it
  }
}

main();
