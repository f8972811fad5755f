import { type ListActions, parseEntityName, type SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { countAnswer, listParameters, readListQuery } from "../list-query.ts";
import { namespaceOf, paramsOf } from "../path.ts";
import { queryOf } from "../query.ts";
import type { Route } from "../route.ts";

/** GET /namespaces/:namespace/actions/:package/: summaries of the actions of one package, or how many there are. */
export function listPackageActionsRoute(actions: ListActions, limits: SystemLimits): Route {
  const parameters = listParameters("actions", limits);
  return {
    method: "GET",
    urls: ["/api/v1/namespaces/:namespace/actions/:package/"],
    operation: {
      tag: "Actions",
      summary: "The actions of a package",
      query: Object.values(parameters),
      answers: { 200: { says: "Newest first", shape: "ActionSummary", list: true } },
      failures: [400, 403, 404, 409, 422],
    },
    async handle(request, reply) {
      const { identity } = request;
      const namespace = namespaceOf(request);
      const packageName = parseEntityName(paramsOf(request).package ?? "");
      const query = await actions.authorize({ identity, namespace, packageName });
      const { page, count } = readListQuery(queryOf(request), parameters);
      if (count) sendJson(request, reply, 200, countAnswer("actions", await actions.count(query), page));
      else sendJson(request, reply, 200, await actions.list(query, page));
    },
  };
}
