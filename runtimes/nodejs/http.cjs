"use strict";
const { createServer } = require("node:http");

const IDLE_MS = 20;
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
    request.on("end", () => answer(service, request, Buffer.concat(chunks), reply));
  });
  // The platform keeps its connections and decides how long an action may take.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.listen(port, host);
  process.once("SIGTERM", () => process.exit(143)); // as process 1 of a container it would be ignored
}

/**
 * @param {import("./service.cjs").ActionService} service
 * @param {import("node:http").IncomingMessage} request
 * @param {Buffer} bytes
 * @param {import("./service.cjs").Reply} reply
 */
function answer(service, request, bytes, reply) {
  const path = request.url?.split("?")[0];
  if (request.method !== "POST" || (path !== "/init" && path !== "/run")) return reply(500, BAD_REQUEST);
  let message;
  try {
    message = JSON.parse(bytes.toString()) ?? {};
  } catch {
    return reply(500, BAD_REQUEST);
  }
  if (path === "/init") void service.init(message.value ?? {}, reply);
  else service.run(message, reply);
}

module.exports = { serveHttp };
