import type { GetAction } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { ENTITY_FAILURES } from "../operation.ts";
import { actionPathOf } from "../path.ts";
import { flagParameter, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { ACTION_URLS } from "./action-urls.ts";

const code = flagParameter("code", true, "false leaves the code out");

/** GET of an action, with its code unless `?code=false`. */
export function getActionRoutes(getAction: GetAction): readonly Route[] {
  return [
    {
      method: "GET",
      urls: ACTION_URLS,
      operation: {
        tag: "Actions",
        summary: "An action",
        query: [code],
        answers: { 200: { says: "The action", shape: "Action" } },
        failures: [...ENTITY_FAILURES, 422],
      },
      async handle(request, reply) {
        const path = actionPathOf(request);
        const withCode = (): boolean => code.read(queryOf(request));
        sendJson(request, reply, 200, await getAction({ identity: request.identity, path, withCode }));
      },
    },
  ];
}
