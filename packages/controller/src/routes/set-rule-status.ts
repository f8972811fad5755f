import { decodeRuleStatus, ruleSwitch, type SetRuleStatus } from "@meringue/core";
import { sendText } from "../answer.ts";
import { parseJsonBody, readCallersBody } from "../body.ts";
import { WRITE_FAILURES } from "../operation.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { entityUrl } from "./entity-urls.ts";

/** POST on a rule: switches it on or off. The answer is text, not JSON. */
export function setRuleStatusRoute(setRuleStatus: SetRuleStatus): Route {
  return {
    method: "POST",
    urls: [entityUrl("rules")],
    operation: {
      tag: "Rules",
      summary: "Enable or disable a rule",
      body: { name: "status", schema: ruleSwitch, required: true },
      answers: { 200: { says: "OK" } },
      failures: WRITE_FAILURES,
      produces: ["text/plain"],
    },
    async handle(request, reply) {
      await setRuleStatus({
        identity: request.identity,
        path: entityPathOf(request),
        status: async () => decodeRuleStatus(await parseJsonBody(request, await readCallersBody(request))),
      });
      sendText(request, reply, 200, "OK");
    },
  };
}
