import { MethodNotAllowed, messages, NotFound } from "@meringue/core";
import { isApiUrl } from "./cors.ts";
import type { ApiRequest } from "./exchange.ts";
import type { Route } from "./route.ts";

/** What the API's router would take: the original asks its web actions about every request. */
const API_METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"];

/** 405 that tells which methods there are. */
class WrongMethod extends MethodNotAllowed {
  readonly allow: readonly string[];

  constructor(allow: readonly string[]) {
    super(messages.methodNotAllowed(allow), { rejection: true });
    this.allow = allow;
  }
}

/**
 * Answers what no route takes. Under `/api/v1` that is 404, whatever the method (credentials are checked before this
 * runs); elsewhere OPTIONS always works, and so every other method is merely the wrong one.
 */
export function notFound(routes: readonly Route[]) {
  const outside = new Map<string, string[]>();
  for (const { method, urls } of routes) {
    for (const url of urls) outside.set(url, [...(outside.get(url) ?? []), method]);
  }
  return (request: ApiRequest): never => {
    const url = request.raw.url ?? "";
    if (isApiUrl(url)) {
      if (request.method === "TRACE") throw new WrongMethod(API_METHODS);
      throw new NotFound(messages.routeNotFound, { rejection: true });
    }
    throw new WrongMethod([...(outside.get(url.split("?")[0] ?? "") ?? []), "OPTIONS"]);
  };
}
