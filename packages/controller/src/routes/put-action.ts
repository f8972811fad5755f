import type { PutAction } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { parseJsonBody, readBody } from "../body.ts";
import { actionPathOf } from "../path.ts";
import { booleanOf, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { ACTION_URLS } from "./action-urls.ts";

/** PUT of an action: creates it, or with `?overwrite=true` updates it. */
export function putActionRoutes(putAction: PutAction): readonly Route[] {
  return [
    {
      method: "PUT",
      urls: ACTION_URLS,
      async handle(request, reply) {
        const action = await putAction({
          identity: request.identity,
          path: actionPathOf(request),
          body: async () => parseJsonBody(request, await readBody(request.raw)),
          overwrite: () => booleanOf(queryOf(request), "overwrite", false),
        });
        sendJson(request, reply, 200, action);
      },
    },
  ];
}
