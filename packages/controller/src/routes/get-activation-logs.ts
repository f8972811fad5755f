import type { GetActivationLogs } from "@meringue/core";
import { sendJson } from "../answer.ts";
import type { Route } from "../route.ts";
import { activationOf } from "./activation-of.ts";

/** GET /namespaces/:namespace/activations/:id/logs: its log lines; while it runs, those so far. */
export function getActivationLogsRoute(getActivationLogs: GetActivationLogs): Route {
  return {
    method: "GET",
    urls: ["/api/v1/namespaces/:namespace/activations/:id/logs"],
    operation: {
      tag: "Activations",
      summary: "What an activation printed",
      answers: { 200: { says: "The lines; while it runs, those so far", shape: "ActivationLogs" } },
      failures: [400, 403, 404],
    },
    async handle(request, reply) {
      const logs = await activationOf(request, getActivationLogs);
      sendJson(request, reply, 200, { logs });
    },
  };
}
