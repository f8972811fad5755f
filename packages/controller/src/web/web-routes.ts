import { InternalError, messages, NotFound, Unauthorized, WhiskError } from "@meringue/core";
import { sendBare } from "../answer.ts";
import { BodyAborted, BodyTooLarge } from "../body.ts";
import { corsHeaders } from "../cors.ts";
import type { AppDependencies } from "../dependencies.ts";
import type { ApiReply, ApiRequest } from "../exchange.ts";
import { retryAfter } from "../on-error.ts";
import type { Operation } from "../operation.ts";
import type { Method, Route } from "../route.ts";
import { uploads } from "../uploads.ts";
import { sendWebError } from "./send-web.ts";
import { serveWebCall, type WebCall, type WebCallDependencies } from "./web-call.ts";
import { parseWebPath, WEB_PREFIX } from "./web-path.ts";

/** What bodies that are coming in may take together: anybody can send them, as slowly as they like. */
const MAX_UPLOADS_BYTES = 256 * 1024 * 1024;
const METHODS: readonly Method[] = ["GET", "DELETE", "POST", "PUT", "HEAD", "OPTIONS", "PATCH"];
const ACTION = `${WEB_PREFIX}/:namespace/:package/:name`;

const operation: Operation = {
  tag: "Web actions",
  summary: "Call a web action. Its name may end in .http, .json, .html, .svg or .text, which makes the answer that",
  answers: {
    200: { says: "Whatever the action answers; it may choose any other status, type and headers" },
    202: { says: "The action has been started, but its result is not there in time", shape: "NotReadyYet" },
  },
  failures: [400, 403, 404, 406, 413, 429, 503],
  produces: ["*/*"],
};
const preflight: Operation = {
  ...operation,
  summary: "What browsers may send: answered for the action, unless it is annotated to do that itself",
};

export type WebRoutesDependencies = Pick<AppDependencies, "authenticator" | "logger"> &
  Pick<WebCallDependencies, "findWebAction" | "invokePrepared" | "limits">;

/** Every method on a web action, and on whatever is below it: runs the action for anybody. */
export function webRoutes({ authenticator, logger, ...web }: WebRoutesDependencies): readonly Route[] {
  const authenticate = async (request: ApiRequest) =>
    authenticator.authenticate(request.headers.authorization, request.caller);
  const deps: WebCallDependencies = {
    ...web,
    uploads: uploads(MAX_UPLOADS_BYTES),
    callerOf: (request) =>
      authenticate(request).catch((error: unknown) => {
        if (error instanceof Unauthorized) return undefined;
        throw error;
      }),
  };

  async function handle(request: ApiRequest, reply: ApiReply): Promise<void> {
    const [pathText = ""] = (request.raw.url ?? "").split("?", 1);
    const path = parseWebPath(pathText);
    if (path === undefined) return notAWebAction(request, reply);
    const call: WebCall = { request, reply, path, headers: [] };
    try {
      await serveWebCall(deps, call);
    } catch (error) {
      sendWebError(request, reply, known(error, request), [...call.headers, ...retryAfter(error)]);
    }
  }

  /** What the rest of the API says of a path that it does not have. */
  async function notAWebAction(request: ApiRequest, reply: ApiReply): Promise<void> {
    if (request.method === "OPTIONS") {
      sendBare(request, reply, 200, "text/plain; charset=UTF-8", "OK", corsHeaders(request.raw.url ?? ""));
      return;
    }
    await authenticate(request);
    throw new NotFound(messages.routeNotFound, { rejection: true });
  }

  /** @throws the error itself when it is answered as everywhere else */
  function known(error: unknown, request: ApiRequest): WhiskError {
    if (error instanceof BodyTooLarge || error instanceof BodyAborted) throw error;
    if (error instanceof WhiskError) {
      if (error.rejection) throw error;
      return error;
    }
    logger.error({ err: error, transid: request.id }, "a web action's call failed unexpectedly");
    return new InternalError();
  }

  return METHODS.map((method) => ({
    method,
    urls: [ACTION, `${ACTION}/*`],
    open: true,
    operation: method === "OPTIONS" ? preflight : operation,
    handle,
  }));
}
