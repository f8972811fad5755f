import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "@meringue/core";
import type { FastifyInstance } from "fastify";

const PUBLIC: Caller = { via: "public" };
const tags = new WeakMap<IncomingMessage, Caller>();

/**
 * Serves one request that came in on a server of its own, such as the one that only containers reach:
 *
 *     createServer((request, response) => handle(app, request, response, { via: "container", namespace: "guest" }))
 *
 * What goes through the app's own listener is public. The app must be ready. Whoever made the other server closes it:
 * once `app.close()` was called every request here is answered with 503, and those that run are waited for.
 */
export function handle(app: FastifyInstance, request: IncomingMessage, response: ServerResponse, caller: Caller): void {
  tags.set(request, caller);
  app.routing(request, response);
}

/** Where a request came in. */
export function callerOf(request: IncomingMessage): Caller {
  return tags.get(request) ?? PUBLIC;
}
