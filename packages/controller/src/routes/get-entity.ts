import type { EntityPath, Identity, JsonObject } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { ENTITY_FAILURES } from "../operation.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { COLLECTIONS, type EntityCollection, entityUrl } from "./entity-urls.ts";

/** GET of a package, trigger or rule. */
export function getEntityRoute(
  collection: EntityCollection,
  getEntity: (identity: Identity, path: EntityPath) => Promise<JsonObject>,
): Route {
  const { tag, one, shown, followsBindings } = COLLECTIONS[collection];
  return {
    method: "GET",
    urls: [entityUrl(collection)],
    operation: {
      tag,
      summary: `Look at ${one}`,
      answers: { 200: { says: "As it is", shape: shown } },
      failures: followsBindings.includes("GET") ? [...ENTITY_FAILURES, 422] : ENTITY_FAILURES,
    },
    async handle(request, reply) {
      sendJson(request, reply, 200, await getEntity(request.identity, entityPathOf(request)));
    },
  };
}
