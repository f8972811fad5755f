import { InternalError, messages, NotFound, Unauthorized, WhiskError } from "@meringue/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendBare } from "../answer.ts";
import { BodyAborted, BodyTooLarge } from "../body.ts";
import { callerOf } from "../caller.ts";
import { corsHeaders } from "../cors.ts";
import type { AppDependencies } from "../dependencies.ts";
import { retryAfter } from "../on-error.ts";
import type { Method, Route } from "../route.ts";
import { sendWebError } from "./send-web.ts";
import { serveWebCall, type WebCall, type WebCallDependencies } from "./web-call.ts";
import { parseWebPath, WEB_PREFIX } from "./web-path.ts";

const METHODS: readonly Method[] = ["GET", "DELETE", "POST", "PUT", "HEAD", "OPTIONS", "PATCH"];
const ACTION = `${WEB_PREFIX}/:namespace/:package/:name`;

export type WebRoutesDependencies = Pick<AppDependencies, "authenticator" | "logger"> &
  Pick<WebCallDependencies, "findWebAction" | "invokePrepared" | "limits">;

/** Every method on a web action, and on whatever is below it: runs the action for anybody. */
export function webRoutes({ authenticator, logger, ...web }: WebRoutesDependencies): readonly Route[] {
  const authenticate = async (request: FastifyRequest) =>
    authenticator.authenticate(request.headers.authorization, callerOf(request.raw));
  const deps: WebCallDependencies = {
    ...web,
    callerOf: (request) =>
      authenticate(request).catch((error: unknown) => {
        if (error instanceof Unauthorized) return undefined;
        throw error;
      }),
  };

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<void> {
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
  async function notAWebAction(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (request.method === "OPTIONS") {
      sendBare(request, reply, 200, "text/plain; charset=UTF-8", "OK", corsHeaders(request.raw.url ?? ""));
      return;
    }
    await authenticate(request);
    throw new NotFound(messages.routeNotFound, { rejection: true });
  }

  /** @throws the error itself when it is answered as everywhere else */
  function known(error: unknown, request: FastifyRequest): WhiskError {
    if (error instanceof BodyTooLarge || error instanceof BodyAborted) throw error;
    if (error instanceof WhiskError) {
      if (error.rejection) throw error;
      return error;
    }
    logger.error({ err: error, transid: request.id }, "a web action's call failed unexpectedly");
    return new InternalError();
  }

  return METHODS.map((method) => ({ method, urls: [ACTION, `${ACTION}/*`], open: true, handle }));
}
