import {
  type Activation,
  allowedPayloadBytes,
  encodeActivation,
  getValue,
  type InvocationCall,
  type InvokeAction,
  type JsonObject,
  MalformedQuery,
  messages,
  type StatusCode,
  type SystemLimits,
  TooLarge,
} from "@meringue/core";
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendJson } from "../answer.ts";
import { parseJsonObjectBody, readBody } from "../body.ts";
import { wantsExtraLogging } from "../extra-logging.ts";
import { actionPathOf } from "../path.ts";
import { booleanOf, parseInt32, type Query, queryOf, textOf } from "../query.ts";
import type { Route } from "../route.ts";
import { ACTION_URLS } from "./action-urls.ts";

/** The annotation `kind` of sequences and compositions alike. */
const SEQUENCE_KIND = "sequence";

/** What a blocking call answers, by what came of the activation. */
const HTTP_STATUS: Readonly<Record<StatusCode, number>> = { 0: 200, 1: 502, 2: 502, 3: 500 };

/** POST on an action: runs it. */
export function invokeActionRoutes(invokeAction: InvokeAction, limits: SystemLimits): readonly Route[] {
  return [
    {
      method: "POST",
      urls: ACTION_URLS,
      async handle(request, reply) {
        const { activationId, activation } = await invokeAction({
          identity: request.identity,
          path: actionPathOf(request),
          transid: request.id,
          received: request.received,
          extraLogging: wantsExtraLogging(request),
          call: () => readCall(request, limits),
          onGone: (callback) => {
            reply.raw.once("close", callback);
            return () => reply.raw.off("close", callback);
          },
        });
        answer(request, reply, activationId, activation);
      },
    },
  ];
}

async function readCall(request: FastifyRequest, limits: SystemLimits): Promise<InvocationCall> {
  const body = await readBody(request.raw);
  const allowed = allowedPayloadBytes(request.identity.limits, limits);
  if (body.length > allowed) throw new TooLarge(messages.tooLarge("Request", body.length, allowed));
  const query = queryOf(request);
  const blocking = booleanOf(query, "blocking", false);
  booleanOf(query, "result", false);
  const waitMs = readTimeout(query, limits.blockingMs);
  return { payload: parseJsonObjectBody(request, body), blocking, waitMs };
}

function readTimeout(query: Query, maxMs: number): number {
  const text = textOf(query, "timeout");
  if (text === undefined) return maxMs;
  const ms = parseInt32(text) ?? 0;
  if (ms < 1 || ms > maxMs) throw new MalformedQuery("timeout", messages.invalidTimeout(maxMs));
  return ms;
}

function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  activationId: string,
  activation: Activation | undefined,
): void {
  const headers = ["x-openwhisk-activation-id", activationId];
  if (activation === undefined) {
    sendJson(request, reply, 202, { activationId }, headers);
    return;
  }
  const { statusCode, result } = activation.response;
  // An array goes out as it is, whatever was asked for.
  const bare = Array.isArray(result) || booleanOf(queryOf(request), "result", false);
  sendJson(request, reply, HTTP_STATUS[statusCode], bare ? (result ?? {}) : recordBody(activation), headers);
}

/**
 * The record as a blocking call answers with it: clients know its `logs` to be empty, and read the log by itself. Only what
 * encloses other activations tells their ids there.
 */
function recordBody(activation: Activation): JsonObject {
  const encloses = getValue(activation.annotations, "kind") === SEQUENCE_KIND;
  return encodeActivation(encloses ? activation : { ...activation, logs: [] });
}
