import type { ListActions, SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { countAnswer, readListQuery } from "../list-query.ts";
import { namespaceOf } from "../path.ts";
import { queryOf } from "../query.ts";
import { type Route, withSlash } from "../route.ts";

/** GET /namespaces/:namespace/actions: summaries of all actions, packaged ones included, or how many there are. */
export function listActionsRoute(actions: ListActions, limits: SystemLimits): Route {
  return {
    method: "GET",
    urls: withSlash("/api/v1/namespaces/:namespace/actions"),
    async handle(request, reply) {
      const query = await actions.authorize({ identity: request.identity, namespace: namespaceOf(request) });
      const { page, count } = readListQuery(queryOf(request), "actions", limits);
      if (count) sendJson(request, reply, 200, countAnswer("actions", await actions.count(query), page));
      else sendJson(request, reply, 200, await actions.list(query, page));
    },
  };
}
