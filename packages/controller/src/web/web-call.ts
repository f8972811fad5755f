import {
  type Activation,
  allowedPayloadBytes,
  BadRequest,
  type ByteBudget,
  type FindWebAction,
  type Identity,
  type Invoked,
  type InvokePrepared,
  isAdmitted,
  isJsonObject,
  type Json,
  messages,
  NotFound,
  type SystemLimits,
  Unauthorized,
  type WebAction,
  webArguments,
} from "@meringue/core";
import { readPayload } from "../body.ts";
import type { ApiReply, ApiRequest } from "../exchange.ts";
import { wantsExtraLogging } from "../extra-logging.ts";
import { undecodable } from "../gates.ts";
import { holdAnswer } from "../held-bytes.ts";
import type { Uploads } from "../uploads.ts";
import { type FieldList, fieldsByName, fieldsText, parseFields } from "./form-fields.ts";
import { answerers } from "./media-result.ts";
import { decodeBody } from "./request-body.ts";
import { contentTypeOf, headersForAction } from "./request-headers.ts";
import { sendWeb, sendWebError } from "./send-web.ts";
import { sendWebStream } from "./send-web-stream.ts";
import { webCors } from "./web-cors.ts";
import type { WebPath } from "./web-path.ts";

export interface WebCallDependencies {
  readonly findWebAction: FindWebAction;
  readonly invokePrepared: InvokePrepared;
  readonly limits: SystemLimits;
  /** What answers count among until they are sent; without it there is no bound. */
  readonly budget?: ByteBudget;
  /** The bodies of all calls, while they come in. */
  readonly uploads: Uploads;
  /** Who calls; undefined for anybody whose credentials, if any, are not valid. */
  readonly callerOf: (request: ApiRequest) => Promise<Identity | undefined>;
}

/** One call of a web action on its way. */
export interface WebCall {
  readonly request: ApiRequest;
  readonly reply: ApiReply;
  readonly path: WebPath;
  /** Headers that every answer from here on carries, errors too: they grow as the call gets on. */
  readonly headers: string[];
}

/** Answers a call. What it throws is answered by the caller, with the call's headers. */
export async function serveWebCall(deps: WebCallDependencies, call: WebCall): Promise<void> {
  const { request, reply, path, headers } = call;
  const first = await deps.findWebAction(path.action, true);
  const body = await readPayload(request.raw, allowedPayloadBytes(first.owner.limits, deps.limits), deps.uploads);
  // While a body came in, however slowly, the action may have been closed to the public.
  const waited = body.length > 0 || request.headers["transfer-encoding"] !== undefined;
  const action = waited ? await deps.findWebAction(path.action, false) : first;
  if (!action.customOptions) {
    headers.push(...webCors(request.raw));
    if (request.method === "OPTIONS") {
      sendWeb(request, reply, { status: 200, headers: [], entity: undefined }, headers);
      return;
    }
  }
  const user = await admit(deps, action, request);
  const { activationId, activation, streaming } = await invoke(deps, action, call, body, user);
  headers.push("x-openwhisk-activation-id", activationId);
  if (activation !== undefined) holdAnswer(deps.budget, reply, activation);
  if (streaming !== undefined) await sendWebStream(request, reply, streaming, headers);
  else if (activation === undefined)
    sendWebError(request, reply, { status: 202, message: messages.notReadyYet }, headers);
  else sendWeb(request, reply, answerers[path.extension](resultOf(activation)), headers);
}

/** @returns who calls. @throws Unauthorized when the action asks for credentials and these are not the ones */
async function admit(
  { callerOf }: WebCallDependencies,
  action: WebAction,
  request: ApiRequest,
): Promise<Identity | undefined> {
  const user = await callerOf(request);
  // Browsers ask for options without credentials: an action that answers them itself has to be asked.
  if (action.customOptions && request.method === "OPTIONS") return user;
  const given = request.headers["x-require-whisk-auth"];
  const secret = typeof given === "string" ? given : undefined;
  if (isAdmitted(action, { authenticated: user !== undefined, secret })) return user;
  throw new Unauthorized(messages.webUnauthorized);
}

function invoke(
  { invokePrepared, limits }: WebCallDependencies,
  action: WebAction,
  { request, reply, path }: WebCall,
  body: Buffer,
  user: Identity | undefined,
): Promise<Invoked> {
  const type = contentTypeOf(request.raw, body.length);
  const query = queryFields(request);
  const payload = webArguments(action, {
    method: request.method.toLowerCase(),
    headers: headersForAction(request.raw, type),
    path: path.rest,
    query: fieldsText(query),
    parameters: fieldsByName(query),
    body: decodeBody(body, type, action.raw),
    user: user?.namespace.name,
  });
  return invokePrepared(action.prepared, {
    identity: action.owner,
    payload,
    payloadBytes: body.length,
    blocking: true,
    waitMs: limits.blockingMs,
    transid: request.id,
    received: request.received,
    extraLogging: wantsExtraLogging(request),
    streamed: path.extension === ".http" ? true : undefined,
    onGone: (callback) => reply.onGone(callback),
  });
}

function queryFields(request: ApiRequest): FieldList {
  const url = request.raw.url ?? "";
  const start = url.indexOf("?");
  const fields = parseFields(start === -1 ? "" : url.slice(start + 1));
  if (fields === undefined) throw undecodable(new URIError("A percent sign is not followed by two digits."));
  return fields;
}

/** What is answered: the result of a success, the value of `error` of a failure that the action chose. */
function resultOf({ response: { statusCode, result = {} } }: Activation): Json {
  if (statusCode === 0) return result;
  if (statusCode !== 1) throw new BadRequest(messages.processingFailed);
  const error = isJsonObject(result) ? result["error"] : undefined;
  if (error === undefined) throw new NotFound(messages.propertyMissing);
  return error;
}
