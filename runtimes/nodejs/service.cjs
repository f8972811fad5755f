"use strict";
// What /init and /run mean, whatever carries them.
const { loadAction } = require("./load-action.cjs");

const INITIALIZED = '{"OK":true}';
const NO_DICTIONARY = "The action did not return a dictionary.";

/** @typedef {(status: number, text: string) => void} Reply text is compact JSON */
/** @typedef {ReturnType<typeof actionService>} ActionService */
/** @typedef {{ name?: string, main?: string, code?: string, binary?: boolean, env?: Record<string, unknown> | null }} InitValue */

/** @param {unknown} value what the platform sends is text already */
function asText(value) {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}

/** @param {string} message */
function failure(message) {
  return JSON.stringify({ error: message });
}

/**
 * The stack without our part of it, and never without the error itself: where compiling failed it begins with the line.
 * @param {unknown} error
 */
function describe(error) {
  const stack = /** @type {any} */ (error)?.stack;
  if (typeof stack !== "string") return String(error);
  const title = String(error);
  const theirs = stack.split("\n").filter((line) => !line.includes(__dirname) && !line.includes("(node:internal/"));
  return (stack.startsWith(title) ? theirs : [title, ...theirs]).join("\n");
}

/**
 * One action: initialised once, then run.
 * @param {object} parts
 * @param {string} parts.folder where the action lives; made when there is code for it
 * @param {{ complain(line: string): void, end(): void }} parts.logs
 * @param {boolean} parts.concurrent whether runs may overlap
 * @param {import("./load-action.cjs").Prepare | undefined} [parts.prepare]
 */
function actionService({ folder, logs, concurrent, prepare }) {
  /** @type {((value: unknown) => unknown) | undefined} */
  let entry;
  /** @type {"ready" | "starting" | "running" | "stopped"} */
  let state = "ready";

  /** @param {Reply} reply @param {string} message */
  const refuse = (reply, message) => {
    logs.complain(message.startsWith("Internal system error: ") ? message : `Internal system error: ${message}`);
    reply(403, failure(message));
  };

  /** @param {InitValue | null} value @param {Reply} reply */
  async function init(value, reply) {
    if (entry !== undefined) return refuse(reply, "Cannot initialize the action more than once.");
    if (state !== "ready") return refuse(reply, `System not ready, status is ${state}.`);
    const { main, code, binary, env } = value ?? {};
    if (typeof main !== "string" || typeof code !== "string" || main === "" || code === "") {
      return reply(403, failure("Missing main/no code to execute."));
    }
    state = "starting";
    try {
      for (const key in env) process.env[key] = asText(env[key]);
      entry = await loadAction({ folder, main, code, binary: binary === true, prepare });
      state = "ready";
    } catch (error) {
      state = "stopped";
      logs.complain(`Error during initialization: ${describe(error)}`);
      logs.end();
      return reply(502, failure(`Initialization has failed due to: ${describe(error)}`));
    }
    reply(200, INITIALIZED);
  }

  /** @param {Reply} reply @param {number} status @param {string} text */
  const finish = (reply, status, text) => {
    if (state === "running") state = "ready";
    logs.end();
    reply(status, text);
  };

  /** @param {Reply} reply @param {unknown} result */
  const settle = (reply, result) => {
    if (result === undefined) return finish(reply, 200, "{}");
    if (typeof result !== "object") {
      logs.complain(`Result must be of type object but has type "${typeof result}": ${String(result)}`);
      return finish(reply, 502, failure(NO_DICTIONARY));
    }
    let text;
    try {
      text = JSON.stringify(result);
    } catch (error) {
      logs.complain(`Result cannot be written as JSON: ${describe(error)}`);
      return finish(reply, 500, failure("Internal error."));
    }
    if (text === undefined) return finish(reply, 502, failure(NO_DICTIONARY));
    finish(reply, 200, text);
  };

  /** @param {any} message the body of a /run @param {Reply} reply */
  function run(message, reply) {
    if (entry === undefined) return refuse(reply, "System not initialized.");
    if (state !== "ready") return refuse(reply, `System not ready, status is ${state}.`);
    const value = message.value ?? {};
    if (typeof value !== "object") {
      return refuse(reply, `Internal system error: the argument must be a dictionary but has type '${typeof value}'.`);
    }
    for (const key in message) if (key !== "value") process.env[`__OW_${key.toUpperCase()}`] = asText(message[key]);
    if (!concurrent) state = "running";
    let result;
    try {
      result = entry(value);
      if (typeof (/** @type {any} */ (result)?.then) === "function") {
        Promise.resolve(result).then(
          (resolved) => settle(reply, resolved),
          (reason) => settle(reply, { error: require("./rejection.cjs").serializeReason(reason) }),
        );
        return;
      }
    } catch (error) {
      state = "stopped";
      logs.complain(describe(error));
      return finish(reply, 502, failure(`An error has occurred: ${String(error)}`));
    }
    settle(reply, result);
  }

  return { init, run };
}

module.exports = { actionService };
