import type { EntityPath, Identity, JsonObject } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { type EntityCollection, entityUrl } from "./entity-urls.ts";

/** DELETE of a trigger or rule: answers what it was. */
export function deleteEntityRoute(
  collection: EntityCollection,
  deleteEntity: (identity: Identity, path: EntityPath) => Promise<JsonObject>,
): Route {
  return {
    method: "DELETE",
    urls: [entityUrl(collection)],
    async handle(request, reply) {
      sendJson(request, reply, 200, await deleteEntity(request.identity, entityPathOf(request)));
    },
  };
}
