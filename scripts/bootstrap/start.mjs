import { spawn } from "node:child_process";
import nodeModule from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { bundleOf } from "./bundle.mjs";
import { bringDependencies } from "./dependencies.mjs";
import { nameSourcesInStacks } from "./mapped-stacks.mjs";
import { bringNode, isGoodNode } from "./node.mjs";

const LAUNCHER = new URL("../run.mjs", import.meta.url).pathname;
const PARENT_CHECK_MS = 1_000;

/**
 * Brings what is missing, then runs a program: in this process when its Node is good, else in a child of the right one.
 *
 * @param {string} root of the checkout
 * @param {readonly string[]} words flags of Node, the program's file (relative to `root`), its arguments
 */
export async function start(root, words) {
  await bringDependencies(root);
  const fileAt = words.findIndex((word) => !word.startsWith("--"));
  const [flags, file, args] = [words.slice(0, fileAt), resolve(root, words[fileAt] ?? ""), words.slice(fileAt + 1)];
  const good = isGoodNode(process.versions.node);
  const node = good ? process.execPath : await bringNode(root);
  process.env["PATH"] = [dirname(node), process.env["PATH"]].join(delimiter);
  if (flags.length > 0) await runInChild(node, [...flags, file, ...args]);
  else if (good) await runHere(root, file, args);
  else await runInChild(node, [LAUNCHER, file, ...args]);
}

async function runHere(root, file, args) {
  endWithParent();
  const cache = join(root, "node_modules/.cache/compile");
  nodeModule.enableCompileCache?.(cache);
  process.env["NODE_COMPILE_CACHE"] = cache; // for worker threads
  process.argv = [process.execPath, file, ...args];
  const isOurs = file.startsWith(join(root, "packages/"));
  if (isOurs) nameSourcesInStacks();
  await import(pathToFileURL(isOurs ? await bundleOf(root, file) : file).href);
}

/**
 * Who is killed outright cannot tell the programs below. A launcher's child sees the channel between them close; the
 * program of an npm that died is told in the same way: by the event "disconnect" of `process`. A program that does not
 * listen for it (packages/server/src/parent-watch.ts does) is ended here.
 */
function endWithParent() {
  const end = () => {
    if (process.listenerCount("disconnect") === 0) process.kill(process.pid, "SIGTERM");
  };
  process.once("disconnect", end);
  if (process.connected) process.channel?.unref();
  else watchNpm(() => process.emit("disconnect"));
}

/** Runs a program as if it were this process: its streams, its signals, its end. */
function runInChild(node, args) {
  const child = spawn(node, args, { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  const signals = ["SIGTERM", "SIGHUP", "SIGINT"];
  // A terminal sends its Ctrl-C to both of us already; a second one would mean "now, at once".
  const forward = (signal) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  const stopWatching = watchNpm(() => child.kill("SIGTERM"));
  return new Promise((done, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      stopWatching();
      for (const each of signals) process.off(each, forward);
      if (signal === null) process.exitCode = code;
      else process.kill(process.pid, signal);
      done(undefined);
    });
  });
}

/** Calls back when the npm that started this was killed: we then have another parent. */
function watchNpm(callback) {
  if (process.env["npm_lifecycle_event"] === undefined) return () => undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    callback();
  }, PARENT_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
