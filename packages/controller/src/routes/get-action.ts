import type { GetAction } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { actionPathOf } from "../path.ts";
import { booleanOf, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { ACTION_URLS } from "./action-urls.ts";

/** GET of an action, with its code unless `?code=false`. */
export function getActionRoutes(getAction: GetAction): readonly Route[] {
  return [
    {
      method: "GET",
      urls: ACTION_URLS,
      async handle(request, reply) {
        const path = actionPathOf(request);
        const withCode = (): boolean => booleanOf(queryOf(request), "code", true);
        sendJson(request, reply, 200, await getAction({ identity: request.identity, path, withCode }));
      },
    },
  ];
}
