"use strict";
const path = require("node:path");
const { archiveOf } = require("./archive.cjs");
const { build, BuildFailed, UnreadableCode } = require("./build.cjs");
const { loopProcess } = require("./loop-process.cjs");

const NO_CODE = "Missing main/no code to execute.";
const TWICE = "Cannot initialize the action more than once.";
const NOT_BUILT = "The action failed to generate or locate a binary. See logs for details.";
const NOT_STARTED = "Cannot start action. Check logs for details.";
const NO_ACTION = "no action defined yet";
const NO_DICTIONARY = "The action did not return a dictionary or array.";
const OWN_VARIABLE = "__OW_";

/** @typedef {{ status: number, text: string }} Answer text is compact JSON */

/** @param {number} status @param {string} message @returns {Answer} */
function failure(status, message) {
  return { status, text: JSON.stringify({ error: message }) };
}

/**
 * One action: built if need be, started once, then run again and again, one run at a time.
 * @param {object} parts
 * @param {import("./language.d.cts").Language} parts.language
 * @param {string} parts.folder where uploads are put
 * @param {NodeJS.ProcessEnv} parts.env what it gets beside the parameters of init
 * @param {ReturnType<typeof import("../nodejs/log-streams.cjs").hideLogStreams>} parts.logs
 * @param {() => void} parts.ended called when the action's process has ended, once it was initialised
 */
function loopAction({ language, folder, env, logs, ended }) {
  let uploads = 0;
  /** @type {ReturnType<typeof loopProcess> | undefined} */
  let running;

  /** @param {string} reason @param {string} text what is told when the reason is for the log @returns {Answer} */
  const failed = (reason, text) => {
    if (!language.logsInitErrors) return failure(502, reason);
    logs.complain(reason);
    logs.end();
    return failure(502, text);
  };

  /** @param {any} value @returns {Promise<Answer>} */
  async function init(value) {
    if (running !== undefined) {
      logs.complain(TWICE);
      return failure(403, TWICE);
    }
    const code = value?.code;
    if (typeof code !== "string" || code === "") return failure(403, NO_CODE);
    const parameters = asTexts(value.env);
    const upload = { code, binary: value.binary === true, built: value.built === true, main: value.main || "main" };
    const place = path.join(folder, String(++uploads));
    try {
      const built = await build({ language, upload, folder: place, env: forCompiler({ ...env, ...parameters }) });
      const started = await start(built, { ...env, ...parameters });
      if (started !== "") return failed(`cannot start action: ${started}`, NOT_STARTED);
      const archive = built.compiled && value.build_limit > 0 ? archiveOf(built.folder, value.build_limit) : "";
      return { status: 200, text: JSON.stringify(archive === "" ? { ok: true } : { ok: true, build: archive }) };
    } catch (error) {
      if (error instanceof UnreadableCode) return failure(400, error.message);
      const reason = error instanceof Error ? error.message : String(error);
      return error instanceof BuildFailed
        ? failed(reason, NOT_BUILT)
        : failed(`cannot start action: ${reason}`, NOT_STARTED);
    }
  }

  /** @param {import("./build.cjs").Built} built @param {NodeJS.ProcessEnv} actionEnv */
  async function start(built, actionEnv) {
    const file = path.join(built.folder, "exec");
    const made = loopProcess({ file, env: actionEnv, acknowledges: built.acknowledges });
    const complaint = await made.ready();
    if (complaint !== "") {
      made.kill();
      return complaint;
    }
    running = made;
    made.whenEnded(ended);
    return "";
  }

  /** @param {string} line @param {any} message the same, parsed @returns {Promise<Answer>} */
  async function run(line, message) {
    if (running === undefined) return failure(500, NO_ACTION);
    const answer = await running.ask(withoutStream(line, message));
    if (answer === undefined) return new Promise(() => {}); // this process is about to end with its action
    logs.end();
    return isResult(answer) ? { status: 200, text: answer.trim() } : failure(502, NO_DICTIONARY);
  }

  return { init, run, kill: () => running?.kill() };
}

/** What is to be done with a streamed answer is no business of an action that cannot make one. */
function withoutStream(/** @type {string} */ line, /** @type {any} */ message) {
  if (message.stream === undefined) return line;
  const { stream: _, stream_limit: __, ...rest } = message;
  return JSON.stringify(rest);
}

/** The compiler gets what a build depends on, and nothing that differs each time. @param {NodeJS.ProcessEnv} env */
function forCompiler(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith(OWN_VARIABLE)));
}

/** @param {unknown} parameters @returns {Record<string, string>} */
function asTexts(parameters) {
  if (typeof parameters !== "object" || parameters === null) return {};
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, value === null ? "" : text(value)]),
  );
}

/** @param {string} line */
function isResult(line) {
  try {
    return typeof JSON.parse(line) === "object";
  } catch {
    return false;
  }
}

module.exports = { loopAction, forCompiler };
