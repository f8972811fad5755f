import type { Deployment } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { type Route, withSlash } from "../route.ts";
import type { DocumentScope } from "../swagger/document.ts";

/**
 * GET of a swagger document: what is served in a scope. It is made when it is first asked for, so that it costs a start
 * nothing.
 * @param served all routes, once there are any.
 */
export function apiDocsRoute(
  url: string,
  scope: DocumentScope,
  served: () => readonly Route[],
  deployment: Deployment,
): Route {
  let document: Promise<object> | undefined;
  const make = async (): Promise<object> => {
    const { swaggerDocument } = await import("../swagger/document.ts");
    return swaggerDocument(scope, served(), deployment);
  };
  return {
    method: "GET",
    urls: withSlash(url),
    open: true,
    operation: { tag: "About", summary: "This document", answers: { 200: { says: "Swagger 2.0", shape: "Document" } } },
    async handle(request, reply) {
      document ??= make();
      sendJson(request, reply, 200, await document);
    },
  };
}
