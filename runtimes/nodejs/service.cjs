"use strict";
// What /init and /run mean, whatever carries them.
const { loadAction } = require("./load-action.cjs");

const INITIALIZED = '{"OK":true}';
const NO_DICTIONARY = "The action did not return a dictionary.";

/** @typedef {(status: number, text: string) => void} Reply text is compact JSON */
/** @typedef {(activationId: string, carrier: any) => import("./answer-stream.cjs").Sink | undefined} OpenSink */
/** @typedef {{ message: any, carrier: any }} Streaming the body of a /run that tells what is to become of a body in pieces */
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
 * @param {OpenSink} parts.openSink for a body in pieces
 */
function actionService({ folder, logs, concurrent, prepare, openSink }) {
  /** @type {((value: unknown) => unknown) | undefined} */
  let entry;
  /** @type {"ready" | "starting" | "running" | "stopped"} */
  let state = "ready";

  /**
   * What the environment says of the activation, by member: most of it stays the same, and writing it is not cheap.
   * @type {Map<string, string>}
   */
  const told = new Map();
  /** @param {string} key @param {string} text */
  const tell = (key, text) => {
    if (told.get(key) === text) return;
    told.set(key, text);
    process.env[`__OW_${key.toUpperCase()}`] = text;
  };

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

  /**
   * @param {Reply} reply
   * @param {unknown} result
   * @param {Streaming | undefined} streaming
   */
  const settle = (reply, result, streaming) => {
    if (streaming !== undefined && settleStream(reply, /** @type {any} */ (result), streaming)) return;
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

  /** @param {Reply} reply @param {unknown} reason */
  const reject = (reply, reason) => {
    settle(reply, { error: require("./rejection.cjs").serializeReason(reason) }, undefined);
  };

  /**
   * @param {Reply} reply
   * @param {any} result
   * @param {Streaming} streaming
   * @returns {boolean} whether the result has a body in pieces, and so was taken care of
   */
  const settleStream = (reply, result, { message, carrier }) => {
    const { sourceOf, collect, send, MAX_HEAD_UNITS } = require("./answer-stream.cjs");
    let source;
    let head;
    try {
      source = sourceOf(result?.body);
      if (source === undefined) return false;
      head = JSON.stringify({ ...result, body: undefined });
    } catch (error) {
      reject(reply, error);
      return true;
    }
    if (message.stream !== "send") {
      collect(source, message.stream_limit).then(
        (body) => settle(reply, { ...result, body }, undefined),
        (reason) => reject(reply, reason),
      );
    } else if (head.length > MAX_HEAD_UNITS) {
      void (async () => source.stop())().catch(() => undefined);
      reject(reply, "What is beside the body of a streamed answer is too large.");
    } else {
      const sink = openSink(message.activation_id, carrier);
      if (sink === undefined) return false;
      const last = sink.reply ?? reply;
      send(source, head, sink, (failed) =>
        failed === undefined ? finish(last, 200, "{}") : reject(last, failed.error),
      );
    }
    return true;
  };

  /**
   * @param {any} message the body of a /run
   * @param {Reply} reply
   * @param {unknown} [carrier] of the reply, for `openSink`
   */
  function run(message, reply, carrier) {
    if (entry === undefined) return refuse(reply, "System not initialized.");
    if (state !== "ready") return refuse(reply, `System not ready, status is ${state}.`);
    const value = message.value ?? {};
    if (typeof value !== "object") {
      return refuse(reply, `Internal system error: the argument must be a dictionary but has type '${typeof value}'.`);
    }
    for (const key in message) if (key !== "value") tell(key, asText(message[key]));
    if (!concurrent) state = "running";
    const streaming = message.stream === undefined ? undefined : { message, carrier };
    let result;
    try {
      result = entry(value);
      if (typeof (/** @type {any} */ (result)?.then) === "function") {
        Promise.resolve(result).then(
          (resolved) => settle(reply, resolved, streaming),
          (reason) => reject(reply, reason),
        );
        return;
      }
    } catch (error) {
      state = "stopped";
      logs.complain(describe(error));
      return finish(reply, 502, failure(`An error has occurred: ${String(error)}`));
    }
    settle(reply, result, streaming);
  }

  return { init, run };
}

module.exports = { actionService };
