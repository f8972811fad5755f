"use strict";
// The launcher protocol, lines in on --input-fd (0), lines out on descriptor 3, for actions that are a process each run.
const { Socket } = require("node:net");
const { lineSplitter } = require("../nodejs/lines.cjs");
const { hideLogStreams } = require("../nodejs/log-streams.cjs");

const RESULT_FD = 3;
const INPUT_FLAG = "--input-fd=";

/** @param {typeof import("./native-action.cjs").nativeAction} makeAction */
function serve(makeAction) {
  const { MERINGUE_ACTION_DIR, MERINGUE_SENTINELS: _, ...env } = process.env;
  const logs = hideLogStreams();
  const action = makeAction({ folder: MERINGUE_ACTION_DIR ?? `${process.cwd()}/action`, env, logs });

  /** @param {string} line */
  const answer = async (line) => {
    const message = parse(line);
    const { status, text } = message.init === undefined ? await action.run(message) : action.init(message.init);
    const id = message.init === undefined ? (message.activation_id ?? "-") : "init";
    logs.writeAll(RESULT_FD, `${status} ${id} ${text}\n`);
  };
  let previous = Promise.resolve(); // one activation at a time; the others wait
  const feed = lineSplitter((line) => {
    previous = previous.then(() => answer(line));
  });
  const fd = Number(process.argv.find((argument) => argument.startsWith(INPUT_FLAG))?.slice(INPUT_FLAG.length) ?? 0);
  const end = () => {
    action.kill();
    process.exit(0);
  };
  new Socket({ fd, readable: true, writable: false }).on("data", feed).once("end", end).once("error", end);
}

/** @param {string} line @returns {any} an empty message where it is no JSON object */
function parse(line) {
  try {
    return JSON.parse(line) ?? {};
  } catch {
    return {}; // as the original does
  }
}

module.exports = { serve };
