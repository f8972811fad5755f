import { actionPut, type PutAction } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { parseJsonBody, readCallersBody } from "../body.ts";
import { WRITE_FAILURES } from "../operation.ts";
import { actionPathOf } from "../path.ts";
import { flagParameter, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { ACTION_URLS } from "./action-urls.ts";

const overwrite = flagParameter("overwrite", false, "true updates what exists");

/** PUT of an action: creates it, or with `?overwrite=true` updates it. */
export function putActionRoutes(putAction: PutAction): readonly Route[] {
  return [
    {
      method: "PUT",
      urls: ACTION_URLS,
      operation: {
        tag: "Actions",
        summary: "Create or update an action",
        query: [overwrite],
        body: { name: "action", schema: actionPut, required: true },
        answers: { 200: { says: "As it is now", shape: "Action" } },
        failures: [...WRITE_FAILURES, 422],
      },
      async handle(request, reply) {
        const action = await putAction({
          identity: request.identity,
          path: actionPathOf(request),
          body: async () => parseJsonBody(request, await readCallersBody(request)),
          overwrite: () => overwrite.read(queryOf(request)),
        });
        sendJson(request, reply, 200, action);
      },
    },
  ];
}
