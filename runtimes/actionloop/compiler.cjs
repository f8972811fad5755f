"use strict";
const { spawn } = require("node:child_process");

/** Characters of a compiler's output that are kept. */
const OUTPUT_LIMIT = 60_000;

/**
 * Runs a compiler to its end.
 * @param {string[]} command
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, descriptors?: Record<number, number> }} options what it gets as further
 *   descriptors, by their numbers there
 * @returns {Promise<{ ok: boolean, output: string }>} stdout and stderr together; the text never is empty when it failed
 */
function compiler(command, { cwd, env, descriptors = {} }) {
  const [program = "", ...args] = command;
  /** @type {(number | "ignore")[]} */
  const others = [];
  for (const [number, fd] of Object.entries(descriptors)) others[Number(number) - 3] = fd;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe", ...Array.from(others, (fd) => fd ?? "ignore")],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output = (output + text).slice(-OUTPUT_LIMIT);
      });
    }
    child.once("error", (error) => resolve({ ok: false, output: `${program}: ${error.message}` }));
    child.once("close", (code, signal) => {
      const how = `${program} ended with ${signal ?? code}`;
      resolve({ ok: code === 0, output: code === 0 ? output : output.trim() || how });
    });
  });
}

module.exports = { compiler };
