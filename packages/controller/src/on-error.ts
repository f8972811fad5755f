import { messages, TooManyRequests, Unauthorized, WhiskError } from "@meringue/core";
import { type HeaderList, sendBare } from "./answer.ts";
import { BodyAborted, BodyTooLarge } from "./body.ts";
import { corsHeaders } from "./cors.ts";
import type { Logger } from "./dependencies.ts";
import type { ApiReply, ApiRequest } from "./exchange.ts";

/** Header that every 401 carries. */
const CHALLENGE = ["WWW-Authenticate", 'Basic realm="OpenWhisk secure realm",charset=UTF-8'];
const PLAIN = "text/plain; charset=UTF-8";

/** The one place where a thrown error becomes a status and a body. */
export function onError(logger: Logger) {
  return (error: unknown, request: ApiRequest, reply: ApiReply): void => {
    if (reply.raw.headersSent) {
      logger.error({ err: error, transid: request.id }, "a request failed while it was answered");
      reply.raw.destroy();
    } else if (error instanceof WhiskError) {
      if (error.status >= 500 && error.cause instanceof Error) {
        logger.error({ transid: request.id, status: error.status, why: error.cause.message }, "a request was refused");
      }
      answerKnown(error, request, reply);
    } else if (error instanceof BodyTooLarge) {
      sendBare(request, reply, 413, PLAIN, messages.messageTooLarge, []);
    } else if (error instanceof BodyAborted) {
      reply.raw.destroy();
    } else {
      logger.error({ err: error, transid: request.id }, "a request failed unexpectedly");
      answerUnexpected(reply);
    }
  };
}

function answerKnown(error: WhiskError, request: ApiRequest, reply: ApiReply): void {
  const headers = [
    ...(error.rejection ? [] : corsHeaders(request.raw.url ?? "")),
    ...(error instanceof Unauthorized ? CHALLENGE : []),
    ...retryAfter(error),
    ...("allow" in error && Array.isArray(error.allow) ? ["Allow", error.allow.join(", ")] : []),
  ];
  const body = JSON.stringify({ error: error.message, code: request.id });
  sendBare(request, reply, error.status, "application/json", body, headers);
}

/** The header that says when a throttled caller may try again. */
export function retryAfter(error: unknown): HeaderList {
  if (!(error instanceof TooManyRequests) || error.retryAfterSeconds === undefined) return [];
  return ["Retry-After", String(error.retryAfterSeconds)];
}

/** A bug's answer says nothing, not even under which id it went wrong: that is what callers of the original get. */
function answerUnexpected(reply: ApiReply): void {
  const text = messages.internalError;
  reply.raw.writeHead(500, ["Content-Type", PLAIN, "Content-Length", String(Buffer.byteLength(text))]);
  reply.raw.end(text);
}
