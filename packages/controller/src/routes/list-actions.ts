import type { ListActions, SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { countAnswer, listParameters, readListQuery } from "../list-query.ts";
import { namespaceOf } from "../path.ts";
import { queryOf } from "../query.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /namespaces/:namespace/actions: summaries of all actions, packaged ones included, or how many there are. */
export function listActionsRoute(actions: ListActions, limits: SystemLimits): Route {
  const parameters = listParameters("actions", limits);
  return {
    method: "GET",
    urls: withSlash("/api/v1/namespaces/:namespace/actions"),
    operation: {
      tag: "Actions",
      summary: "All actions of a namespace",
      query: Object.values(parameters),
      answers: { 200: { says: "Newest first", shape: "ActionSummary", list: true } },
      failures: [400, 403],
    },
    async handle(request, reply) {
      const query = await actions.authorize({ identity: request.identity, namespace: namespaceOf(request) });
      const { page, count } = readListQuery(queryOf(request), parameters);
      if (count) sendJson(request, reply, 200, countAnswer("actions", await actions.count(query), page));
      else sendJson(request, reply, 200, await actions.list(query, page));
    },
  };
}
