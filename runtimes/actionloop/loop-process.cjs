"use strict";
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const { lineSplitter } = require("../nodejs/lines.cjs");

/** How often an executable that does not say when it is ready is looked at, in milliseconds. */
const LOOK_MS = 10;
/** After how many looks it counts as started, whatever it does. */
const MOST_LOOKS = 200;
/** How often in a row it must be found waiting, for its input most likely, to count as started. */
const WAITING_LOOKS = 2;
/** How long what it said may still be read after its end, should something that it left behind hold the pipe, in milliseconds. */
const EXIT_GRACE_MS = 100;
const NOT_READY = "The action did not initialize properly.";
const EXITED = "Command exited abruptly during initialization.";

/**
 * A process that speaks the action loop: a line in, a line out on descriptor 3.
 * @param {object} work
 * @param {string} work.file
 * @param {NodeJS.ProcessEnv} work.env
 * @param {boolean} work.acknowledges whether it says when it is ready
 */
function loopProcess({ file, env, acknowledges }) {
  /** @type {((line: string | undefined) => void) | undefined} */
  let waiting;
  let ended = false;
  /** @type {() => void} */
  let onEnd = () => {};
  const child = spawn(file, [], {
    env: acknowledges ? { ...env, __OW_WAIT_FOR_ACK: "1" } : env,
    stdio: ["pipe", 1, 2, "pipe"],
  });
  /** @param {string | undefined} line */
  const settle = (line) => {
    const settled = waiting;
    waiting = undefined;
    settled?.(line); // a line that nobody waits for must not become the answer to a later run
  };
  const end = () => {
    if (ended) return;
    ended = true;
    settle(undefined);
    onEnd();
  };
  /** @type {import("node:net").Socket} */ (child.stdio[3])
    .on("data", lineSplitter(settle))
    .once("end", () => {
      child.kill("SIGKILL"); // it may live, but can answer no more
      end();
    })
    .on("error", end);
  child.stdin?.on("error", () => {}); // it reads no more: its end tells the rest
  child.once("error", end);
  child.once("exit", () => setTimeout(end, EXIT_GRACE_MS));

  /** @returns {Promise<string | undefined>} */
  const next = () =>
    new Promise((resolve) => {
      if (ended) resolve(undefined);
      else waiting = resolve;
    });

  return {
    /** @returns {Promise<string>} why it is not ready, else an empty text */
    async ready() {
      if (acknowledges) return complaintOf(await next());
      let waits = 0;
      for (let looks = 0; looks < MOST_LOOKS && waits < WAITING_LOOKS; looks++) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        if (ended || child.exitCode !== null || child.signalCode !== null) return EXITED;
        waits = isWaiting(child.pid) ? waits + 1 : 0;
      }
      return "";
    },
    /** @param {string} line @returns {Promise<string | undefined>} the answer; undefined when it ended instead */
    ask(line) {
      const answer = next();
      child.stdin?.write(`${line}\n`);
      return answer;
    },
    /** @param {() => void} listener called when it has ended, at once if it has */
    whenEnded(listener) {
      onEnd = listener;
      if (ended) listener();
    },
    kill: () => child.kill("SIGKILL"),
  };
}

/** Whether a process sleeps; where systems do not tell, it is taken for one that does. @param {number | undefined} pid */
function isWaiting(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) === "S";
  } catch {
    return true;
  }
}

/** @param {string | undefined} line its first one */
function complaintOf(line) {
  if (line === undefined) return EXITED;
  try {
    const said = JSON.parse(line);
    if (said?.ok === true) return "";
    return typeof said?.error === "string" ? said.error : NOT_READY;
  } catch {
    return NOT_READY;
  }
}

module.exports = { loopProcess };
