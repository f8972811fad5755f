import type { GetActivation } from "@meringue/core";
import { sendJson } from "../answer.ts";
import type { Route } from "../route.ts";
import { activationOf } from "./activation-of.ts";

/** GET /namespaces/:namespace/activations/:id/logs: its log lines. */
export function getActivationLogsRoute(getActivation: GetActivation): Route {
  return {
    method: "GET",
    urls: ["/api/v1/namespaces/:namespace/activations/:id/logs"],
    async handle(request, reply) {
      const { logs } = await activationOf(request, getActivation);
      sendJson(request, reply, 200, { logs });
    },
  };
}
