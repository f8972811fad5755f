"use strict";
const { createServer } = require("node:http");

const IDLE_MS = 20;
/** The content type of an answer to /run that is made of lines. */
const LINES = "application/vnd.meringue.answer-lines";
const BAD_REQUEST = '{"error":"Bad request."}';

/**
 * Serves the action container protocol: POST /init and POST /run, always with a Content-Length.
 * @param {import("./service.cjs").ActionService} service
 * @param {string} host
 * @param {number} port
 * @param {() => void} whenIdle called if the first request takes a while
 */
function serveHttp(service, host, port, whenIdle) {
  const idle = setTimeout(whenIdle, IDLE_MS);
  const server = createServer((request, response) => {
    clearTimeout(idle);
    /** @type {import("./service.cjs").Reply} */
    const reply = (status, text) => {
      const body = Buffer.from(text);
      response.writeHead(status, [
        "Content-Type",
        "application/json; charset=utf-8",
        "Content-Length",
        `${body.length}`,
      ]);
      response.end(body);
    };
    /** @type {Buffer[]} */
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => answer(service, request, response, Buffer.concat(chunks), reply));
  });
  // The platform keeps its connections and decides how long an action may take.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  // Who closes their half while an answer is streamed wants no more of it, but still wants its end.
  /** @type {any} */ (server).httpAllowHalfOpen = true;
  server.listen(port, host);
  process.once("SIGTERM", () => process.exit(143)); // as process 1 of a container it would be ignored
}

/**
 * @param {import("./service.cjs").ActionService} service
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {Buffer} bytes
 * @param {import("./service.cjs").Reply} reply
 */
function answer(service, request, response, bytes, reply) {
  const path = request.url?.split("?")[0];
  if (request.method !== "POST" || (path !== "/init" && path !== "/run")) return reply(500, BAD_REQUEST);
  let message;
  try {
    message = JSON.parse(bytes.toString()) ?? {};
  } catch {
    return reply(500, BAD_REQUEST);
  }
  if (path === "/init") void service.init(message.value ?? {}, reply);
  else service.run(message, reply, response);
}

/**
 * A sink for the lines of the launcher protocol as the body of an answer, which ends with the line that would else be
 * the whole answer. Its pace is that of the connection.
 * @param {string} id of the activation
 * @param {import("node:http").ServerResponse} response
 * @returns {import("./answer-stream.cjs").Sink}
 */
function responseSink(id, response) {
  const { socket } = response.req;
  let stopped = false;
  let stopBody = () => {};
  /** @type {(() => void)[]} */
  const waiting = [];
  const goOn = () => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const stop = () => {
    if (stopped) return;
    stopped = true;
    stopBody();
    goOn();
  };
  response.on("drain", goOn).once("close", stop);
  socket.once("end", stop);
  return {
    get stopped() {
      return stopped;
    },
    room: () =>
      stopped || !response.writableNeedDrain
        ? undefined
        : new Promise((resolve) => waiting.push(() => resolve(undefined))),
    line(status, json) {
      if (!response.headersSent) response.writeHead(200, { "Content-Type": LINES });
      response.write(`${status} ${id} ${json}\n`);
    },
    onStop(callback) {
      stopBody = callback;
    },
    close() {
      response.off("close", stop);
      socket.off("end", stop);
    },
    reply: (status, text) => response.end(`${status} ${id} ${text}\n`),
  };
}

module.exports = { serveHttp, responseSink };
