import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { ListenOptions } from "node:net";
import { type Caller, messages, NotFound, ServiceUnavailable } from "@meringue/core";
import { sendBare } from "./answer.ts";
import { awaitsContinue } from "./body.ts";
import { ADMIN_CORS, corsHeaders, isApiUrl } from "./cors.ts";
import type { AppDependencies } from "./dependencies.ts";
import { type Drain, drain } from "./drain.ts";
import { ApiReply, ApiRequest } from "./exchange.ts";
import { type Identify, identify, refuseOversize, undecodable } from "./gates.ts";
import { inTurn } from "./in-turn.ts";
import { notFound } from "./not-found.ts";
import { onError } from "./on-error.ts";
import type { Route } from "./route.ts";
import { type Found, type Router, router } from "./router.ts";
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

const PUBLIC: Caller = { via: "public" };

/** The HTTP API. */
export interface App {
  /** Its own listener. */
  readonly server: Server;
  /** Resolves when it listens. @throws (rejects with) the system's error. */
  listen(options: Pick<ListenOptions, "host" | "port">): Promise<void>;
  /**
   * Serves one request that came in on a server of its own, such as the one that only containers reach. Whoever made the
   * other server closes it: once `close` was called every request here is answered with 503, and those that run are
   * waited for.
   */
  handle(request: IncomingMessage, response: ServerResponse, caller: Caller): void;
  /**
   * Answers new requests with 503, waits for those that run, then closes the listener. The activations behind them are
   * the dispatcher's: whoever made it closes it afterwards.
   */
  close(): Promise<void>;
}

/** Builds the API, ready to listen. */
export function buildApp(deps: AppDependencies): App {
  const draining = drain();
  const served = routes(deps, draining);
  const serve = inTurn(serving(deps, served, draining));
  const server = createServer(
    { maxHeaderSize: MAX_HEAD_BYTES, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => serve(request, response, PUBLIC),
  );
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on("clientError", answerUnreadable(deps.ids));
  // Who asks first whether to send a body is told once somebody reads it: what is refused need not be sent.
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    awaitsContinue(request, response);
    serve(request, response, PUBLIC);
  });
  let closed: Promise<void> | undefined;
  return {
    server,
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port }, () => {
          server.off("error", reject);
          resolve();
        });
      }),
    handle: serve,
    close() {
      closed ??= draining.finish().then(() => closeServer(server));
      return closed;
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve();
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

/** What every request goes through: it is checked, its route is found, its caller is known, and it is answered. */
function serving(deps: AppDependencies, served: readonly Route[], draining: Drain): App["handle"] {
  const { ids, clock, logger } = deps;
  const identified = identify(deps);
  const table = router(served);
  const elsewhere = unrouted(notFound(served), identified);
  const failed = onError(logger);
  const rewrite = rewriteUrl(deps.webHost);

  return (raw, response, caller) => {
    const request = new ApiRequest({ raw, id: transactionIdOf(raw, ids), received: clock.now(), caller });
    const reply = new ApiReply(response);
    const accepted = !draining.closing;
    if (accepted) draining.begun();
    response.once("close", () => {
      reply.gone();
      if (accepted) draining.ended(raw);
      if (logger.isLevelEnabled("debug")) logAnswer(deps, request, response);
    });
    try {
      if (!accepted) {
        response.setHeader("Connection", "close");
        throw new ServiceUnavailable(messages.unavailable, { rejection: true });
      }
      raw.url = rewrite(raw.url ?? "/", raw.headers.host);
      const done = route(request, reply, table, identified, elsewhere);
      if (done instanceof Promise) done.catch((error: unknown) => failed(error, request, reply));
    } catch (error) {
      failed(error, request, reply);
    }
  };
}

function route(
  request: ApiRequest,
  reply: ApiReply,
  table: Router,
  identified: Identify,
  elsewhere: (request: ApiRequest, reply: ApiReply) => void | Promise<void>,
): void | Promise<void> {
  const found = find(table, request);
  refuseOversize(request);
  if (found === undefined) return elsewhere(request, reply);
  const { open = false, operator = false, handle } = found.route;
  request.params = found.params;
  if (operator && request.caller.via === "container") throw new NotFound(messages.routeNotFound);
  if (open) return handle(request, reply);
  const identity = identified(request);
  return identity instanceof Promise ? identity.then(() => handle(request, reply)) : handle(request, reply);
}

/** @throws BadRequest when the path cannot be decoded */
function find(table: Router, { url, method }: ApiRequest): Found | undefined {
  const end = url.indexOf("?");
  try {
    return table.find(method, end === -1 ? url : url.slice(0, end));
  } catch (error) {
    throw undecodable(error as URIError);
  }
}

/** What no route takes. Under `/api/v1` credentials are checked before anything is said. */
function unrouted(refuse: (request: ApiRequest) => never, identified: Identify) {
  return (request: ApiRequest, reply: ApiReply): void | Promise<void> => {
    const { url, method } = request;
    const isApi = isApiUrl(url);
    if (method === "OPTIONS") {
      const cors = isApi ? corsHeaders(url) : ADMIN_CORS;
      return sendBare(request, reply, 200, "text/plain; charset=UTF-8", "OK", cors);
    }
    const identity = isApi ? identified(request) : undefined;
    if (identity instanceof Promise) return identity.then(() => refuse(request));
    return refuse(request);
  };
}

function rewriteUrl(webHost: string | undefined): RewriteVanityUrl {
  if (webHost === undefined) return withoutDotSegments;
  const vanityUrl = vanityUrls(webHost);
  return (url, host) => vanityUrl(withoutDotSegments(url), host);
}

function logAnswer({ logger, clock }: AppDependencies, request: ApiRequest, response: ServerResponse): void {
  const { id: transid, method, url } = request;
  logger.debug({ transid, method, url, status: response.statusCode, ms: clock.now() - request.received }, "answered");
}
