import type { ServerResponse } from "node:http";
import type { Invoked } from "@meringue/core";
import type { HeaderList } from "../answer.ts";
import type { ApiReply, ApiRequest } from "../exchange.ts";
import { httpHead } from "./http-result.ts";
import { requireAcceptable } from "./send-web.ts";
import type { WebHead } from "./web-answer.ts";

type Streaming = NonNullable<Invoked["streaming"]>;

/**
 * Answers with what a web action sends, as it sends it. If the action fails in the midst of it the connection is broken
 * off, so that nobody takes a part for the whole. If the caller goes away the action is told to stop.
 * @param headers more headers, before those of the action.
 * @returns when all is written
 * @throws BadRequest, NotAcceptable, before anything was answered: the action has been told to stop then
 */
export async function sendWebStream(
  request: ApiRequest,
  reply: ApiReply,
  { answer, result }: Streaming,
  headers: HeaderList,
): Promise<void> {
  const response = reply.raw;
  const head = checkedHead(request, answer);
  response.writeHead(head.status, [
    "X-Request-ID",
    request.id,
    ...headers,
    ...head.headers,
    ...(head.contentType === undefined ? [] : ["Content-Type", head.contentType, "X-Accel-Buffering", "no"]),
  ]);
  if (request.method === "HEAD" || head.contentType === undefined) {
    answer.cancel();
    response.end();
    return;
  }
  response.flushHeaders();
  const unlisten = reply.onGone(answer.cancel);
  if (response.destroyed) answer.cancel();
  for await (const chunk of answer.chunks) {
    if (response.destroyed) break;
    if (!response.write(chunk)) await drained(response);
  }
  // Who has seen the end of the answer can read its record.
  const { statusCode } = (await result).response;
  unlisten();
  if (statusCode === 0) response.end();
  else breakOff(request, response);
}

function checkedHead(request: ApiRequest, answer: Streaming["answer"]): WebHead {
  try {
    const head = httpHead(answer.head);
    if (head.contentType !== undefined && head.status < 400) requireAcceptable(request, head.contentType);
    return head;
  } catch (error) {
    answer.cancel();
    throw error;
  }
}

/** Until the response takes more, or nobody is there to read it. */
function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const goOn = (): void => {
      response.off("drain", goOn).off("close", goOn);
      resolve();
    };
    response.on("drain", goOn).on("close", goOn);
  });
}

/** Sends what is written, but not the end that the framing would have. */
function breakOff({ raw }: ApiRequest, { socket }: ServerResponse): void {
  // In HTTP/1.0 it is the end of the connection that ends a body.
  if (raw.httpVersionMinor === 0 && raw.httpVersionMajor === 1) socket?.resetAndDestroy();
  else socket?.destroySoon();
}
