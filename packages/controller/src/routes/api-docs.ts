import { sendJson } from "../answer.ts";
import { type Route, withSlash } from "../route.ts";

/** GET of a swagger document. */
export function apiDocsRoute(url: string, document: object): Route {
  return {
    method: "GET",
    urls: withSlash(url),
    open: true,
    handle: (request, reply) => sendJson(request, reply, 200, document),
  };
}
