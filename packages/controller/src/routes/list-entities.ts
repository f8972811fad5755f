import type { ListEntities, SystemLimits } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { countAnswer, readListQuery } from "../list-query.ts";
import { namespaceOf } from "../path.ts";
import { queryOf } from "../query.ts";
import { type Route, withSlash } from "../route.ts";
import { collectionUrl, type EntityCollection } from "./entity-urls.ts";

/** GET /namespaces/:namespace/:collection: summaries of packages, triggers or rules, or how many there are. */
export function listEntitiesRoute(collection: EntityCollection, entities: ListEntities, limits: SystemLimits): Route {
  return {
    method: "GET",
    urls: withSlash(collectionUrl(collection)),
    async handle(request, reply) {
      const query = entities.authorize(request.identity, namespaceOf(request));
      const { page, count } = readListQuery(queryOf(request), collection, limits);
      if (count) sendJson(request, reply, 200, countAnswer(collection, await entities.count(query), page));
      else sendJson(request, reply, 200, await entities.list(query, page));
    },
  };
}
