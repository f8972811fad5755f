import { sendJson } from "../answer.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /namespaces: the one namespace that the caller's key is for. */
export function listNamespacesRoute(): Route {
  return {
    method: "GET",
    urls: withSlash("/api/v1/namespaces"),
    operation: {
      tag: "Namespaces",
      summary: "The namespace of the key",
      answers: { 200: { says: "Its name", shape: "Namespaces" } },
    },
    handle: (request, reply) => sendJson(request, reply, 200, [request.identity.namespace.name]),
  };
}
