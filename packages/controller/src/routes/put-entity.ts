import type { JsonObject, PutEntityRequest } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { parseJsonBody, readBody } from "../body.ts";
import { entityPathOf } from "../path.ts";
import { booleanOf, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { type EntityCollection, entityUrl } from "./entity-urls.ts";

/** PUT of a package, trigger or rule: creates it, or with `?overwrite=true` updates it. */
export function putEntityRoute(
  collection: EntityCollection,
  putEntity: (request: PutEntityRequest) => Promise<JsonObject>,
): Route {
  return {
    method: "PUT",
    urls: [entityUrl(collection)],
    async handle(request, reply) {
      const entity = await putEntity({
        identity: request.identity,
        path: entityPathOf(request),
        body: async () => parseJsonBody(request, await readBody(request.raw)),
        overwrite: () => booleanOf(queryOf(request), "overwrite", false),
      });
      sendJson(request, reply, 200, entity);
    },
  };
}
