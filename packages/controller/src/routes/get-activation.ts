import { encodeActivation, type GetActivation } from "@meringue/core";
import { sendJson } from "../answer.ts";
import { type Route, withSlash } from "../route.ts";
import { activationOf } from "./activation-of.ts";

/** GET /namespaces/:namespace/activations/:id: the record. */
export function getActivationRoute(getActivation: GetActivation): Route {
  return {
    method: "GET",
    urls: withSlash("/api/v1/namespaces/:namespace/activations/:id"),
    operation: {
      tag: "Activations",
      summary: "One record",
      answers: { 200: { says: "The record", shape: "Activation" } },
      failures: [400, 403, 404],
    },
    async handle(request, reply) {
      sendJson(request, reply, 200, encodeActivation(await activationOf(request, getActivation)));
    },
  };
}
