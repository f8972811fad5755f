import type { DeleteAction } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { ENTITY_FAILURES } from "../operation.ts";
import { actionPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { ACTION_URLS } from "./action-urls.ts";

/** DELETE of an action: answers what it was. */
export function deleteActionRoutes(deleteAction: DeleteAction): readonly Route[] {
  return [
    {
      method: "DELETE",
      urls: ACTION_URLS,
      operation: {
        tag: "Actions",
        summary: "Delete an action",
        answers: { 200: { says: "As it was", shape: "Action" } },
        failures: ENTITY_FAILURES,
      },
      async handle(request, reply) {
        sendJson(request, reply, 200, await deleteAction(request.identity, actionPathOf(request)));
      },
    },
  ];
}
