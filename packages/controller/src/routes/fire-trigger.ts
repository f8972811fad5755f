import {
  allowedPayloadBytes,
  type ByteBudget,
  type FireTrigger,
  payload,
  type SystemLimits,
  type TriggerEvent,
} from "@meringue/core";
import { sendJson, sendNothing } from "../answer.ts";
import { parseJsonObjectBody, readCallersPayload } from "../body.ts";
import type { ApiRequest } from "../exchange.ts";
import { wantsExtraLogging } from "../extra-logging.ts";
import { WRITE_FAILURES } from "../operation.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { entityUrl } from "./entity-urls.ts";

export interface FireTriggerRouteDependencies {
  readonly limits: SystemLimits;
  /** What events count among while they come in; without it there is no bound. */
  readonly budget?: ByteBudget;
}

/** POST on a trigger: fires it. 204 when no rule is active. */
export function fireTriggerRoute(fireTrigger: FireTrigger, deps: FireTriggerRouteDependencies): Route {
  return {
    method: "POST",
    urls: [entityUrl("triggers")],
    operation: {
      tag: "Triggers",
      summary: "Fire a trigger",
      body: { name: "payload", schema: payload, required: false },
      answers: {
        202: { says: "The actions of its active rules are run", shape: "ActivationId" },
        204: { says: "No rule is active: nothing happens" },
      },
      failures: [...WRITE_FAILURES, 429],
    },
    async handle(request, reply) {
      const activationId = await fireTrigger({
        identity: request.identity,
        path: entityPathOf(request),
        transid: request.id,
        extraLogging: wantsExtraLogging(request),
        event: () => readEvent(request, deps),
      });
      if (activationId === undefined) sendNothing(request, reply);
      else sendJson(request, reply, 202, { activationId }, ["x-openwhisk-activation-id", activationId]);
    },
  };
}

async function readEvent(request: ApiRequest, { limits, budget }: FireTriggerRouteDependencies): Promise<TriggerEvent> {
  const body = await readCallersPayload(request, allowedPayloadBytes(request.identity.limits, limits), budget);
  return { payload: parseJsonObjectBody(request, body), headers: headersOf(request) };
}

/** The request's headers by lower-case name; one that came several times has its values joined. */
function headersOf({ headers }: ApiRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}
