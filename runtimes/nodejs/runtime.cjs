"use strict";
// The runtime of the nodejs and typescript kinds: one process is proxy and action.
//   node runtime.cjs [--host=H] [--port=N]      the action container protocol over HTTP, for images
//   node runtime.cjs --launcher [--input-fd=N]  the launcher protocol: lines in on N (0), lines out on 3
//   …with --typescript                          code may be TypeScript
// CommonJS and few imports on purpose: an ES module as main, `stream` and `net` cost milliseconds each before the
// first answer, so what not every action needs is loaded when it is needed. No V8 flags either: with --expose-gc,
// Node's built-in modules lose their compiled form and load three times slower.
const fs = require("node:fs");
const { actionService } = require("./service.cjs");
const { lineSplitter } = require("./lines.cjs");
const { hideLogStreams } = require("./log-streams.cjs");

const RESULT_FD = 3;
const CHUNK_BYTES = 65_536;
const IDLE_MS = 20;
const { exit } = process; // user code may replace it

/** @param {string} name @param {string} fallback */
function option(name, fallback) {
  const flag = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return flag === undefined ? fallback : flag.slice(name.length + 3);
}

/**
 * Answers one line of the launcher protocol.
 * @param {import("./service.cjs").ActionService} service
 * @param {ReturnType<typeof hideLogStreams>} logs
 * @param {string} line
 * @param {() => void} [answered]
 */
function answerLine(service, logs, line, answered) {
  /** @type {any} */
  let message;
  let id = "-";
  /** @type {(status: number, text: string) => void} */
  const reply = (status, text) => {
    logs.writeAll(RESULT_FD, `${status} ${id} ${text}\n`);
    answered?.();
  };
  try {
    message = JSON.parse(line) ?? {};
  } catch {
    reply(500, '{"error":"Bad request."}');
    return;
  }
  if (message.init !== undefined) {
    id = "init";
    void service.init(message.init, reply);
  } else if (message.more !== undefined || message.stop !== undefined) {
    require("./answer-stream.cjs").control(message);
  } else {
    if (typeof message.activation_id === "string") id = message.activation_id;
    service.run(message, reply);
  }
}

/**
 * Loads and exercises what an action and its runs will need. For a process that is started before there is work: the
 * first activation then finds it compiled.
 * @param {string} folder
 * @param {import("./load-action.cjs").Prepare | undefined} prepare
 */
function warmUp(folder, prepare) {
  prepare?.warmUp();
  const quiet = { complain() {}, end() {} };
  const service = actionService({ folder, logs: quiet, concurrent: false, openSink: () => undefined });
  const ignore = () => {};
  void service
    .init({ main: "main", code: "const {sep}=require('path');async function main(a){return {...a,sep}}" }, ignore)
    .then(() => service.run({ value: {} }, ignore));
  const { Socket } = require("node:net");
  new Socket().destroy();
  require("node:util").format("%s", { warm: [1] });
}

/**
 * Speaks the launcher protocol until its input ends. The first line is waited for in the background, so that a process
 * started ahead of time can warm up; the second (the first run) with a blocking call, because it follows at once and a
 * socket takes milliseconds to load.
 * @param {import("./service.cjs").ActionService} service
 * @param {ReturnType<typeof hideLogStreams>} logs
 * @param {number} fd
 * @param {() => void} whenIdle called if the first line takes a while
 */
function serveLines(service, logs, fd, whenIdle) {
  const { setImmediate } = globalThis; // user code may fake timers
  /** @type {string[]} */
  const lines = [];
  const feed = lineSplitter((line) => lines.push(line));
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);

  /** @returns {string | undefined} undefined when the descriptor does not block */
  const nextLine = () => {
    while (lines.length === 0) {
      try {
        const count = fs.readSync(fd, buffer);
        if (count === 0) exit.call(process, 0);
        feed(buffer.subarray(0, count));
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code === "EAGAIN") return undefined;
        throw error;
      }
    }
    return lines.shift();
  };
  const drain = () => {
    for (let line = lines.shift(); line !== undefined; line = lines.shift()) answerLine(service, logs, line);
  };
  const listen = () => {
    drain();
    const { Socket } = require("node:net");
    const onread = {
      buffer,
      /** @type {(count: number, bytes: Uint8Array) => boolean} */
      callback(count) {
        feed(buffer.subarray(0, count));
        drain();
        return true;
      },
    };
    const socket = new Socket(/** @type {any} */ ({ fd, readable: true, writable: false, onread }));
    socket.once("end", () => exit.call(process, 0));
    socket.once("error", () => exit.call(process, 1));
    socket.resume();
  };

  const start = () => {
    const first = nextLine();
    if (first === undefined) return listen();
    answerLine(service, logs, first, () =>
      // One turn of the loop, so that what loading the action left behind (a rejection nobody handles) takes effect.
      setImmediate(() => {
        const second = nextLine();
        if (second !== undefined) answerLine(service, logs, second);
        setImmediate(listen);
      }),
    );
  };
  const idle = setTimeout(whenIdle, IDLE_MS);
  fs.read(fd, buffer, (error, count) => {
    clearTimeout(idle);
    if (error === null && count === 0) exit.call(process, 0);
    if (error === null) feed(buffer.subarray(0, count));
    start();
  });
}

/** Gives actions `gc()`, as `--expose-gc` would. */
function exposeGc() {
  /** @type {unknown} */
  let gc;
  Object.defineProperty(globalThis, "gc", {
    configurable: true,
    get() {
      if (gc === undefined) {
        require("node:v8").setFlagsFromString("--expose-gc");
        gc = require("node:vm").runInNewContext("gc");
      }
      return gc;
    },
    set(replacement) {
      gc = replacement;
    },
  });
}

function main() {
  const folder = process.env["MERINGUE_ACTION_DIR"] ?? `${process.cwd()}/action`;
  const host = option("host", process.env["MERINGUE_HOST"] ?? "0.0.0.0");
  const port = Number(option("port", process.env["MERINGUE_PORT"] ?? "8080"));
  for (const name of ["MERINGUE_ACTION_DIR", "MERINGUE_HOST", "MERINGUE_NODE_FLAGS", "MERINGUE_PORT"])
    delete process.env[name];
  const logs = hideLogStreams();
  exposeGc();
  const prepare = process.argv.includes("--typescript") ? require("../typescript/source.cjs").typescript() : undefined;
  const concurrent = process.env["__OW_ALLOW_CONCURRENT"] === "true";
  const launcher = process.argv.includes("--launcher");
  /** @type {import("./service.cjs").OpenSink} */
  const openSink = (id, response) =>
    launcher
      ? require("./answer-stream.cjs").grantedSink(id, (line) => logs.writeAll(RESULT_FD, line))
      : require("./http.cjs").responseSink(id, response);
  const service = actionService({ folder, logs, concurrent, prepare, openSink });
  const whenIdle = () => warmUp(folder, prepare);
  if (launcher) serveLines(service, logs, Number(option("input-fd", "0")), whenIdle);
  else require("./http.cjs").serveHttp(service, host, port, whenIdle);
}

main();
