import { encodeResponse, type GetActivation } from "@meringue/core";
import { sendJson } from "../answer.ts";
import type { Route } from "../route.ts";
import { activationOf } from "./activation-of.ts";

/** GET /namespaces/:namespace/activations/:id/result: the whole response, not only its result. */
export function getActivationResultRoute(getActivation: GetActivation): Route {
  return {
    method: "GET",
    urls: ["/api/v1/namespaces/:namespace/activations/:id/result"],
    operation: {
      tag: "Activations",
      summary: "What came of an activation",
      answers: { 200: { says: "The response", shape: "ActivationResponse" } },
      failures: [400, 403, 404],
    },
    async handle(request, reply) {
      const { response } = await activationOf(request, getActivation);
      sendJson(request, reply, 200, encodeResponse(response));
    },
  };
}
