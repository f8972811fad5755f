import type { JsonObject, PutEntityRequest } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { parseJsonBody, readCallersBody } from "../body.ts";
import { WRITE_FAILURES } from "../operation.ts";
import { entityPathOf } from "../path.ts";
import { flagParameter, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { COLLECTIONS, type EntityCollection, entityUrl } from "./entity-urls.ts";

const overwrite = flagParameter("overwrite", false, "true updates what exists");

/** PUT of a package, trigger or rule: creates it, or with `?overwrite=true` updates it. */
export function putEntityRoute(
  collection: EntityCollection,
  putEntity: (request: PutEntityRequest) => Promise<JsonObject>,
): Route {
  const { tag, one, written, put, followsBindings } = COLLECTIONS[collection];
  return {
    method: "PUT",
    urls: [entityUrl(collection)],
    operation: {
      tag,
      summary: `Create or update ${one}`,
      query: [overwrite],
      body: { name: "entity", schema: put, required: true },
      answers: { 200: { says: "As it is now", shape: written } },
      failures: followsBindings.includes("PUT") ? [...WRITE_FAILURES, 422] : WRITE_FAILURES,
    },
    async handle(request, reply) {
      const entity = await putEntity({
        identity: request.identity,
        path: entityPathOf(request),
        body: async () => parseJsonBody(request, await readCallersBody(request)),
        overwrite: () => overwrite.read(queryOf(request)),
      });
      sendJson(request, reply, 200, entity);
    },
  };
}
