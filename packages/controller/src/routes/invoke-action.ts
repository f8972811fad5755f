import {
  type Activation,
  allowedPayloadBytes,
  type ByteBudget,
  encodeActivation,
  getValue,
  type InvocationCall,
  type InvokeAction,
  type JsonObject,
  MalformedQuery,
  messages,
  payload,
  type StatusCode,
  type SystemLimits,
} from "@meringue/core";
import { sendJson } from "../answer.ts";
import { parseJsonObjectBody, readCallersPayload } from "../body.ts";
import type { ApiReply, ApiRequest } from "../exchange.ts";
import { wantsExtraLogging } from "../extra-logging.ts";
import { holdAnswer } from "../held-bytes.ts";
import { WRITE_FAILURES } from "../operation.ts";
import { actionPathOf } from "../path.ts";
import { flagParameter, parameter, parseInt32, type QueryParameter, queryOf } from "../query.ts";
import type { Route } from "../route.ts";
import { ACTION_URLS } from "./action-urls.ts";

/** The annotation `kind` of sequences and compositions alike. */
const SEQUENCE_KIND = "sequence";

/** What a blocking call answers, by what came of the activation. */
const HTTP_STATUS: Readonly<Record<StatusCode, number>> = { 0: 200, 1: 502, 2: 502, 3: 500 };

const blocking = flagParameter("blocking", false, "wait for the result");
const result = flagParameter("result", false, "of a blocking call, answer only the result");

export interface InvokeActionRoutesDependencies {
  readonly limits: SystemLimits;
  /** What payloads and answers count among; without it there is no bound. */
  readonly budget?: ByteBudget;
}

/** POST on an action: runs it. */
export function invokeActionRoutes(invokeAction: InvokeAction, deps: InvokeActionRoutesDependencies): readonly Route[] {
  const timeout = timeoutParameter(deps.limits.blockingMs);
  return [
    {
      method: "POST",
      urls: ACTION_URLS,
      operation: {
        tag: "Actions",
        summary: "Invoke an action",
        query: [blocking, result, timeout],
        body: { name: "payload", schema: payload, required: false },
        answers: {
          200: { says: "The record; with result=true only the result", shape: "Activation", orAny: true },
          202: { says: "Accepted; its result is not awaited, or not there in time", shape: "ActivationId" },
          500: { says: "The platform failed; the record, or the result", shape: "Activation", orAny: true },
          502: { says: "The action failed; the record, or the result", shape: "Activation", orAny: true },
        },
        failures: [...WRITE_FAILURES, 422, 429, 503],
      },
      async handle(request, reply) {
        const { activationId, activation } = await invokeAction({
          identity: request.identity,
          path: actionPathOf(request),
          transid: request.id,
          received: request.received,
          extraLogging: wantsExtraLogging(request),
          call: () => readCall(request, deps, timeout),
          onGone: (callback) => reply.onGone(callback),
        });
        if (activation !== undefined) holdAnswer(deps.budget, reply, activation);
        answer(request, reply, activationId, activation);
      },
    },
  ];
}

async function readCall(
  request: ApiRequest,
  { limits, budget }: InvokeActionRoutesDependencies,
  timeout: QueryParameter<number>,
): Promise<InvocationCall> {
  const body = await readCallersPayload(request, allowedPayloadBytes(request.identity.limits, limits), budget);
  const query = queryOf(request);
  const waits = blocking.read(query);
  result.read(query);
  const waitMs = timeout.read(query);
  return { payload: parseJsonObjectBody(request, body), payloadBytes: body.length, blocking: waits, waitMs };
}

function timeoutParameter(maxMs: number): QueryParameter<number> {
  const words = { type: "integer", format: "int32", minimum: 1, maximum: maxMs, default: maxMs };
  return parameter("timeout", { ...words, description: "milliseconds to wait at most" }, (text) => {
    if (text === undefined) return maxMs;
    const ms = parseInt32(text) ?? 0;
    if (ms < 1 || ms > maxMs) throw new MalformedQuery("timeout", messages.invalidTimeout(maxMs));
    return ms;
  });
}

function answer(request: ApiRequest, reply: ApiReply, activationId: string, activation: Activation | undefined): void {
  const headers = ["x-openwhisk-activation-id", activationId];
  if (activation === undefined) {
    sendJson(request, reply, 202, { activationId }, headers);
    return;
  }
  const { statusCode, result: value } = activation.response;
  // An array goes out as it is, whatever was asked for.
  const bare = Array.isArray(value) || result.read(queryOf(request));
  sendJson(request, reply, HTTP_STATUS[statusCode], bare ? (value ?? {}) : recordBody(activation), headers);
}

/**
 * The record as a blocking call answers with it: clients know its `logs` to be empty, and read the log by itself. Only what
 * encloses other activations tells their ids there.
 */
function recordBody(activation: Activation): JsonObject {
  const encloses = getValue(activation.annotations, "kind") === SEQUENCE_KIND;
  return encodeActivation(encloses ? activation : { ...activation, logs: [] });
}
