import type { EntityPath, Identity, JsonObject } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { type EntityCollection, entityUrl } from "./entity-urls.ts";

/** GET of a package, trigger or rule. */
export function getEntityRoute(
  collection: EntityCollection,
  getEntity: (identity: Identity, path: EntityPath) => Promise<JsonObject>,
): Route {
  return {
    method: "GET",
    urls: [entityUrl(collection)],
    async handle(request, reply) {
      sendJson(request, reply, 200, await getEntity(request.identity, entityPathOf(request)));
    },
  };
}
