"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { asciiJson } = require("./ascii-json.cjs");
const { runExecutable } = require("./run-executable.cjs");

const STUB = path.join(__dirname, "stub.sh");
/** The longest argument that a process can be given, without its final zero byte. */
const ARGUMENT_LIMIT_BYTES = 131_071;
const EXECUTABLE = 0o755;
const INITIALIZED = '{"ok":true}';
const NO_DICTIONARY = "The action did not return a dictionary or array.";
const NO_ARGUMENT = "The action did not receive a dictionary or array as an argument.";
const NOT_BUILT = "The action failed to generate or locate a binary. See logs for details.";
const NOT_FOUND = "The action failed to locate a binary. See logs for details.";
const TWICE = "Cannot initialize the action more than once.";

/** @typedef {{ status: number, text: string }} Answer text is compact JSON */

/** @param {number} status @param {string} message @returns {Answer} */
function failure(status, message) {
  return { status, text: JSON.stringify({ error: message }) };
}

/**
 * An executable as an action. Without code it is whatever `exec` the folder holds, else a stub that says so.
 * @param {object} parts
 * @param {string} parts.folder made when there is code for it
 * @param {NodeJS.ProcessEnv} parts.env what every process gets; init and runs add to it
 * @param {ReturnType<typeof import("../nodejs/log-streams.cjs").hideLogStreams>} parts.logs
 */
function nativeAction({ folder, env, logs }) {
  const executable = path.join(folder, "exec");
  let initialised = false;
  let hasCode = false;
  /** @type {ReturnType<typeof runExecutable> | undefined} */
  let running;

  /** @param {any} value @returns {Answer} */
  function init(value) {
    if (initialised && env["PROXY_ALLOW_REINIT"] !== "1") {
      logs.complain(TWICE);
      return failure(403, TWICE);
    }
    try {
      if (typeof value?.code === "string") place(value.code, value.binary === true);
    } catch (error) {
      logs.complain(`Error: ${error instanceof Error ? error.message : String(error)}`);
      logs.end();
      return failure(502, NOT_BUILT);
    }
    for (const key in value?.env) env[key] = asText(value.env[key]);
    initialised = true;
    return { status: 200, text: INITIALIZED };
  }

  /** @param {string} code @param {boolean} binary */
  function place(code, binary) {
    fs.mkdirSync(folder, { recursive: true });
    hasCode = true;
    const bytes = Buffer.from(code, binary ? "base64" : "utf8");
    if (binary && !isExecutable(bytes)) require("../nodejs/unpack.cjs").unpack(bytes, folder);
    else fs.writeFileSync(executable, bytes);
    if (!fs.existsSync(executable)) throw new Error("the archive has no file 'exec' at its root");
    fs.chmodSync(executable, EXECUTABLE);
  }

  /** @param {any} message the body of a /run @returns {Promise<Answer>} */
  async function run(message) {
    const answer = await attempt(message);
    logs.end();
    return answer;
  }

  /** @param {any} message @returns {Promise<Answer>} */
  async function attempt(message) {
    const value = message.value === undefined ? {} : message.value;
    if (typeof value !== "object" || value === null) return failure(404, NO_ARGUMENT);
    for (const key in message) if (key !== "value") env[`__OW_${key.toUpperCase()}`] = asText(message[key]);
    const found = fs.existsSync(executable);
    if (!found && hasCode) return failure(502, NOT_FOUND);
    const input = asciiJson(value);
    running = runExecutable({
      command: found ? [executable] : ["/bin/sh", STUB],
      argument: input.length <= ARGUMENT_LIMIT_BYTES ? input : undefined,
      input,
      folder: found ? folder : process.cwd(),
      env,
      logs,
    });
    const lastLine = await running.lastLine;
    running = undefined;
    return toAnswer(lastLine, logs);
  }

  return { init, run, kill: () => running?.kill() };
}

/** @param {Buffer} bytes */
function isExecutable(bytes) {
  return bytes.toString("latin1", 0, 2) === "#!" || bytes.toString("latin1", 0, 4) === "\x7fELF";
}

/** @param {unknown} value what the platform sends is text already */
function asText(value) {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

/** @param {Buffer} line @param {{ out: { write(chunk: Uint8Array): void }, complain(line: string): void }} logs */
function toAnswer(line, logs) {
  const text = line.toString().trim();
  let result;
  let problem = "it is neither an object nor an array";
  try {
    result = JSON.parse(text);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  if (typeof result === "object" && result !== null) return { status: 200, text };
  logs.out.write(line);
  logs.complain(`Error: the last line of output is not a result: ${problem}`);
  return failure(502, NO_DICTIONARY);
}

module.exports = { nativeAction };
