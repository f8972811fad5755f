import { messages, NotFound, trackInFlight } from "@meringue/core";
import { type FastifyInstance, fastify } from "fastify";
import { sendBare } from "./answer.ts";
import { callerOf } from "./caller.ts";
import { ADMIN_CORS, corsHeaders, isApiUrl } from "./cors.ts";
import type { AppDependencies } from "./dependencies.ts";
import { authenticate, drainable, refuseOversize, undecodable } from "./gates.ts";
import { notFound } from "./not-found.ts";
import { onError } from "./on-error.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import { transactionIdOf } from "./transaction-id.ts";
import { answerUnreadable } from "./unreadable.ts";
import { withoutDotSegments } from "./url.ts";
import { type RewriteVanityUrl, vanityUrls } from "./web/vanity-host.ts";

/** In which a whole request has to come in. */
const REQUEST_TIMEOUT_MS = 30_000;
/** For which an idle connection is kept: longer than what proxies in front keep theirs. */
const KEEP_ALIVE_MS = 75_000;
/** Of a request's head. More than any URL that is answered may have, so that too long ones get their answer. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * Builds the HTTP API, ready to `listen`, or to serve requests of another server through `handle`.
 *
 * `close()` answers new requests with 503, waits for those that run, then closes the listener. The activations behind
 * them are the dispatcher's: whoever made it closes it afterwards.
 */
export async function buildApp(deps: AppDependencies): Promise<FastifyInstance> {
  const failed = onError(deps.logger);
  const vanityUrl: RewriteVanityUrl = deps.webHost === undefined ? (url) => url : vanityUrls(deps.webHost);
  const app = fastify({
    logger: false,
    genReqId: (request) => transactionIdOf(request, deps.ids),
    exposeHeadRoutes: false,
    return503OnClosing: false,
    // Closing waits for calls that block, for longer than a plugin may take.
    pluginTimeout: 0,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    http: { maxHeaderSize: MAX_HEAD_BYTES },
    routerOptions: { maxParamLength: MAX_HEAD_BYTES },
    clientErrorHandler: answerUnreadable(deps.ids),
    rewriteUrl: (request) => vanityUrl(withoutDotSegments(request.url ?? "/"), request.headers.host),
    frameworkErrors: (error, request, reply) => failed(undecodable(error), request, reply),
  });
  // Bodies are read by the routes: only they know what is to be checked before.
  for (const method of ["PUT", "POST", "DELETE", "PATCH", "OPTIONS", "GET", "HEAD"]) {
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  }
  app.setErrorHandler(failed);
  drainable(app);
  logRequests(app, deps);
  app.addHook("onRequest", (request, _reply, done) => {
    request.received = deps.clock.now();
    refuseOversize(request);
    done();
  });

  const { dispatcher, inFlight } = trackInFlight(deps.dispatcher);
  const { operatorRoutes = true } = deps;
  const served = routes({ ...deps, dispatcher, inFlight }).filter(
    ({ operator }) => operatorRoutes || operator !== true,
  );
  addRoutes(app, { ...deps, dispatcher }, served);
  await app.ready();
  return app;
}

function addRoutes(app: FastifyInstance, deps: AppDependencies, served: readonly Route[]): void {
  const identify = authenticate(deps);
  for (const { method, urls, open = false, operator = false, handle } of served) {
    for (const url of urls) {
      // A handler answers the request itself: fastify must not take what it returns for a body.
      const handler = async (...[request, reply]: Parameters<Route["handle"]>): Promise<void> => {
        if (operator && callerOf(request.raw).via === "container") throw new NotFound(messages.routeNotFound);
        return handle(request, reply);
      };
      app.route({ method, url, handler, ...(open ? {} : { onRequest: identify }) });
    }
  }
  app.options("*", (request, reply) => {
    const url = request.raw.url ?? "";
    const cors = isApiUrl(url) ? corsHeaders(url) : ADMIN_CORS;
    sendBare(request, reply, 200, "text/plain; charset=UTF-8", "OK", cors);
  });
  app.setNotFoundHandler(
    {
      preHandler: (request, reply, done) => {
        if (isApiUrl(request.raw.url ?? "")) identify(request, reply, done);
        else done();
      },
    },
    notFound(served),
  );
}

function logRequests(app: FastifyInstance, { logger, clock }: AppDependencies): void {
  app.addHook("onRequest", (request, reply, done) => {
    if (logger.isLevelEnabled("debug")) {
      reply.raw.once("close", () => {
        const { method, url } = request.raw;
        const ms = clock.now() - request.received;
        logger.debug({ transid: request.id, method, url, status: reply.raw.statusCode, ms }, "answered");
      });
    }
    done();
  });
}
