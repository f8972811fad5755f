"use strict";
const { spawn } = require("node:child_process");

const NEWLINE = 10;
const SPACE = 32;
const NO_OUTPUT = Buffer.alloc(0);

/**
 * Runs a process to its end. All its output is log, apart from the last line of stdout that is not blank.
 * @param {object} work
 * @param {string[]} work.command
 * @param {string | undefined} work.argument its first argument
 * @param {string} work.input for its stdin
 * @param {string} work.folder its working directory
 * @param {NodeJS.ProcessEnv} work.env
 * @param {{ out: { write(chunk: Uint8Array): void }, err: { write(chunk: Uint8Array): void }, complain(line: string): void }} work.logs
 * @returns {{ lastLine: Promise<Buffer>, kill(): boolean }} the line is empty when there was none, or no process either
 */
function runExecutable({ command, argument, input, folder, env, logs }) {
  const [program = "", ...rest] = command;
  /** @param {unknown} error */
  const complain = (error) =>
    logs.complain(`Error: the executable could not be started: ${error instanceof Error ? error.message : error}`);
  let child;
  try {
    child = spawn(program, argument === undefined ? rest : [...rest, argument], { cwd: folder, env });
  } catch (error) {
    complain(error); // arguments and environment together may be too long
    return { lastLine: Promise.resolve(NO_OUTPUT), kill: () => false };
  }
  const lines = lastLineHolder(logs.out.write);
  child.stdout.on("data", lines.push);
  child.stderr.on("data", (chunk) => logs.err.write(chunk));
  // It may end without having read its input, which is its own business.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  /** @type {Promise<Buffer>} */
  const lastLine = new Promise((resolve) => {
    child.once("error", (error) => {
      complain(error);
      resolve(NO_OUTPUT);
    });
    child.once("close", () => resolve(lines.last()));
  });
  return { lastLine, kill: () => child.kill("SIGKILL") };
}

/** Passes output on, all but its last line so far. @param {(chunk: Buffer) => void} emit */
function lastLineHolder(emit) {
  /** @type {Buffer[]} */
  let parts = [];
  return {
    /** @param {Buffer} chunk */
    push(chunk) {
      parts.push(chunk);
      if (!chunk.includes(NEWLINE)) return;
      const all = Buffer.concat(parts);
      const start = startOfLastLine(all);
      emit(all.subarray(0, start));
      parts = [all.subarray(start)];
    },
    last() {
      const all = Buffer.concat(parts);
      const start = startOfLastLine(all);
      emit(all.subarray(0, start));
      return all.subarray(start);
    },
  };
}

/** @param {Buffer} text */
function startOfLastLine(text) {
  let end = text.length;
  while (end > 0 && /** @type {number} */ (text[end - 1]) <= SPACE) end--;
  return end === 0 ? 0 : text.lastIndexOf(NEWLINE, end - 1) + 1;
}

module.exports = { runExecutable };
