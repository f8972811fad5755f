import {
  allowedPayloadBytes,
  type FireTrigger,
  messages,
  type SystemLimits,
  TooLarge,
  type TriggerEvent,
} from "@meringue/core";
import type { FastifyRequest } from "fastify";
import { sendJson, sendNothing } from "../answer.ts";
import { parseJsonObjectBody, readBody } from "../body.ts";
import { wantsExtraLogging } from "../extra-logging.ts";
import { entityPathOf } from "../path.ts";
import type { Route } from "../route.ts";
import { entityUrl } from "./entity-urls.ts";

/** POST on a trigger: fires it. 204 when no rule is active. */
export function fireTriggerRoute(fireTrigger: FireTrigger, limits: SystemLimits): Route {
  return {
    method: "POST",
    urls: [entityUrl("triggers")],
    async handle(request, reply) {
      const activationId = await fireTrigger({
        identity: request.identity,
        path: entityPathOf(request),
        transid: request.id,
        extraLogging: wantsExtraLogging(request),
        event: () => readEvent(request, limits),
      });
      if (activationId === undefined) sendNothing(request, reply);
      else sendJson(request, reply, 202, { activationId }, ["x-openwhisk-activation-id", activationId]);
    },
  };
}

async function readEvent(request: FastifyRequest, limits: SystemLimits): Promise<TriggerEvent> {
  const body = await readBody(request.raw);
  const allowed = allowedPayloadBytes(request.identity.limits, limits);
  if (body.length > allowed) throw new TooLarge(messages.tooLarge("Request", body.length, allowed));
  return { payload: parseJsonObjectBody(request, body), headers: headersOf(request) };
}

/** The request's headers by lower-case name; one that came several times has its values joined. */
function headersOf({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );
}
