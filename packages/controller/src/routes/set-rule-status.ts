import { decodeRuleStatus, type SetRuleStatus } from "@meringue/core";
import { sendText } from "../answer.ts";
import { parseJsonBody, readBody } from "../body.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { entityUrl } from "./entity-urls.ts";

/** POST on a rule: switches it on or off. The answer is text, not JSON. */
export function setRuleStatusRoute(setRuleStatus: SetRuleStatus): Route {
  return {
    method: "POST",
    urls: [entityUrl("rules")],
    async handle(request, reply) {
      await setRuleStatus({
        identity: request.identity,
        path: entityPathOf(request),
        status: async () => decodeRuleStatus(await parseJsonBody(request, await readBody(request.raw))),
      });
      sendText(request, reply, 200, "OK");
    },
  };
}
