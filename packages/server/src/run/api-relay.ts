import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import type { ApiEntrance } from "@meringue/core";
import { apiEntrance } from "../api-entrance.ts";

const UNAVAILABLE = 503;
const BAD_GATEWAY = 502;
/** Headers between two ends of one connection. */
const OF_THE_CONNECTION = ["connection", "keep-alive", "transfer-encoding", "upgrade", "host"];

/**
 * The entrance of containers that have no server: it passes calls on to a server elsewhere.
 * @param target of the server; undefined: every call is answered with 503
 */
export function apiRelay(target: URL | undefined): ApiEntrance {
  return apiEntrance({
    port: 0,
    namespaceOf: () => undefined,
    serve: (request, response) => {
      if (target !== undefined) passOn(target, request, response);
      else answer(response, UNAVAILABLE, "This action runs without a server; --apihost names one.");
    },
  });
}

/** Has a server elsewhere answer a request. */
export function passOn(target: URL, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = "/", headers } = request;
  const send = target.protocol === "https:" ? httpsRequest : httpRequest;
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  // the path alone is the caller's: //elsewhere/ would be another host to whoever parses it
  const onward = send(target, { path: url, method, headers: Object.fromEntries(kept) }, (answered) => {
    response.writeHead(answered.statusCode ?? BAD_GATEWAY, answered.headers);
    answered.pipe(response);
    answered.on("error", () => response.destroy());
  });
  onward.on("error", (error) => {
    if (response.headersSent) response.destroy();
    else answer(response, BAD_GATEWAY, `The server at ${target.origin} does not answer: ${error.message}`);
  });
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

/** Answers a request itself, as the API would. */
export function answer(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
}
