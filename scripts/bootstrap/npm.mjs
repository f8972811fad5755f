import { spawn } from "node:child_process";

/** Something that a start needs could not be brought; the message is for the person who started it. */
export class BootstrapError extends Error {}

const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
const OPTIONS = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--include=dev",
  "--include=optional",
  // A machine without a network should hear of it within seconds.
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
];

/**
 * Runs `npm ci` in a folder, with install scripts off and its output kept for the error.
 *
 * @param {string} cwd holds package.json and package-lock.json
 * @param {string} what is brought, for people: "the dependencies"
 * @param {(pid: number) => void} onStart gets npm's process id, so that a lock can name it
 * @throws {BootstrapError} when npm fails, saying what was tried and what npm said
 */
export async function npmCi(cwd, what, onStart) {
  process.stderr.write(`meringue: bringing ${what} (npm ci), once …\n`);
  const { code, output } = await runNpm(["ci", ...OPTIONS], cwd, onStart);
  if (code !== 0) throw new BootstrapError(failureText(cwd, what, code, output));
}

function runNpm(args, cwd, onStart) {
  const script = process.env["npm_execpath"];
  const underNode = script !== undefined && /\.c?js$/.test(script);
  const [command, first] = underNode ? [process.execPath, [script]] : ["npm", []];
  const { promise, resolve, reject } = deferred();
  const child = spawn(command, [...first, ...args], { cwd, env: npmEnvironment(), stdio: ["ignore", "pipe", "pipe"] });
  const forward = (signal) => child.kill(signal);
  for (const signal of ENDING_SIGNALS) process.on(signal, forward);
  if (child.pid !== undefined) onStart(child.pid);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  child.on("error", (error) => reject(new BootstrapError(`meringue: npm cannot be run: ${error.message}`)));
  child.on("close", (code, signal) => {
    for (const each of ENDING_SIGNALS) process.off(each, forward);
    resolve({ code: signal ?? code, output });
  });
  return promise;
}

/** npm hands its own settings down as variables; the one that names the outer project would redirect the inner call. */
function npmEnvironment() {
  const { npm_config_local_prefix: _, ...rest } = process.env;
  return rest;
}

function failureText(cwd, what, code, output) {
  const registry = process.env["npm_config_registry"] ?? "the registry that npm is set to";
  const lines = output.trim().split("\n");
  const kept = lines.length > 24 ? [...lines.slice(0, 16), "…", ...lines.slice(-7)] : lines;
  const said = kept.map((line) => `  ${line}`);
  return [
    `meringue: could not bring ${what}.`,
    `Tried: npm ci in ${cwd}, from ${registry} and npm's cache; it ended with ${code} and said:`,
    ...said,
    "It needs the network once (or a filled npm cache). Nothing half-done is used: run the same command again.",
  ].join("\n");
}

/** Promise.withResolvers, which Node 20 lacks. */
function deferred() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
