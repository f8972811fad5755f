import { messages, NotImplemented, requireOwner } from "@meringue/core";
import { namespaceOf } from "../path.ts";
import type { Route } from "../route.ts";
import { collectionUrl } from "./entity-urls.ts";

/** POST /namespaces/:namespace/packages/refresh: what an old command asks for; clients know the refusal. */
export function refreshPackagesRoute(): Route {
  return {
    method: "POST",
    urls: [`${collectionUrl("packages")}/refresh`],
    operation: { tag: "Packages", summary: "Not served", answers: {}, failures: [400, 403, 501] },
    handle(request) {
      const namespace = namespaceOf(request);
      requireOwner(request.identity, namespace, namespace);
      throw new NotImplemented(messages.packageRefreshNotServed);
    },
  };
}
