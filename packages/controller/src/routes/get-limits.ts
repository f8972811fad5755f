import { BadRequest, messages, namespaceLimitsResource, requireOwner, type SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { namespaceOf } from "../path.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /namespaces/:namespace/limits: what holds in the caller's own namespace. */
export function getLimitsRoutes({ limits }: { readonly limits: SystemLimits }): readonly Route[] {
  const url = "/api/v1/namespaces/:namespace/limits";
  return [
    {
      method: "GET",
      urls: withSlash(url),
      operation: {
        tag: "Namespaces",
        summary: "What holds in the namespace",
        answers: { 200: { says: "The limits", shape: "NamespaceLimits" } },
        failures: [400, 403],
      },
      handle(request, reply) {
        const namespace = namespaceOf(request);
        requireOwner(request.identity, namespace, namespace);
        sendJson(request, reply, 200, namespaceLimitsResource(request.identity.limits, limits));
      },
    },
    {
      method: "GET",
      urls: [`${url}/:other`],
      operation: { tag: "Namespaces", summary: "Reserved", answers: {}, failures: [400] },
      handle(request) {
        namespaceOf(request);
        throw new BadRequest(messages.limitsOfEntityNotImplemented);
      },
    },
  ];
}
