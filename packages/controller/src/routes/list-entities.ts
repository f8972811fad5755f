import type { ListEntities, SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { countAnswer, listParameters, readListQuery } from "../list-query.ts";
import { namespaceOf } from "../path.ts";
import { queryOf } from "../query.ts";
import { type Route, withSlash } from "../route.ts";
import { COLLECTIONS, collectionUrl, type EntityCollection } from "./entity-urls.ts";

/** GET /namespaces/:namespace/:collection: summaries of packages, triggers or rules, or how many there are. */
export function listEntitiesRoute(collection: EntityCollection, entities: ListEntities, limits: SystemLimits): Route {
  const parameters = listParameters(collection, limits);
  const { tag, row } = COLLECTIONS[collection];
  return {
    method: "GET",
    urls: withSlash(collectionUrl(collection)),
    operation: {
      tag,
      summary: `All ${collection} of a namespace`,
      query: Object.values(parameters),
      answers: { 200: { says: "Newest first", shape: row, list: true } },
      failures: [400, 403],
    },
    async handle(request, reply) {
      const query = entities.authorize(request.identity, namespaceOf(request));
      const { page, count } = readListQuery(queryOf(request), parameters);
      if (count) sendJson(request, reply, 200, countAnswer(collection, await entities.count(query), page));
      else sendJson(request, reply, 200, await entities.list(query, page));
    },
  };
}
