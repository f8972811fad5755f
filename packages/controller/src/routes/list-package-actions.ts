import { type ListActions, parseEntityName, type SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { countAnswer, readListQuery } from "../list-query.ts";
import { namespaceOf, paramsOf } from "../path.ts";
import { queryOf } from "../query.ts";
import type { Route } from "../route.ts";

/** GET /namespaces/:namespace/actions/:package/: summaries of the actions of one package, or how many there are. */
export function listPackageActionsRoute(actions: ListActions, limits: SystemLimits): Route {
  return {
    method: "GET",
    urls: ["/api/v1/namespaces/:namespace/actions/:package/"],
    async handle(request, reply) {
      const { identity } = request;
      const namespace = namespaceOf(request);
      const packageName = parseEntityName(paramsOf(request).package ?? "");
      const query = await actions.authorize({ identity, namespace, packageName });
      const { page, count } = readListQuery(queryOf(request), "actions", limits);
      if (count) sendJson(request, reply, 200, countAnswer("actions", await actions.count(query), page));
      else sendJson(request, reply, 200, await actions.list(query, page));
    },
  };
}
