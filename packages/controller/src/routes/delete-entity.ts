import type { EntityPath, Identity, JsonObject } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { ENTITY_FAILURES } from "../operation.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { COLLECTIONS, type EntityCollection, entityUrl } from "./entity-urls.ts";

/** DELETE of a trigger or rule: answers what it was. */
export function deleteEntityRoute(
  collection: EntityCollection,
  deleteEntity: (identity: Identity, path: EntityPath) => Promise<JsonObject>,
): Route {
  const { tag, one, written } = COLLECTIONS[collection];
  return {
    method: "DELETE",
    urls: [entityUrl(collection)],
    operation: {
      tag,
      summary: `Delete ${one}`,
      answers: { 200: { says: "As it was", shape: written } },
      failures: ENTITY_FAILURES,
    },
    async handle(request, reply) {
      sendJson(request, reply, 200, await deleteEntity(request.identity, entityPathOf(request)));
    },
  };
}
