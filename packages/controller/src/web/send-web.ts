import { messages, NotAcceptable, type WhiskError } from "@meringue/core";
import { acceptsType } from "../accept.ts";
import type { HeaderList } from "../answer.ts";
import type { ApiReply, ApiRequest } from "../exchange.ts";
import { prettyJson } from "./pretty-json.ts";
import type { WebAnswer } from "./web-answer.ts";

const NOTHING = Buffer.alloc(0);
/** Statuses whose answer may not even tell that its body is empty. */
const LENGTHLESS = new Set([204, 304]);

/**
 * Answers with what a web action's result became.
 * @param headers more headers, before those of the action.
 * @throws NotAcceptable when the caller does not accept the type of a good answer; an empty one is always fine.
 */
export function sendWeb(request: ApiRequest, reply: ApiReply, answer: WebAnswer, headers: HeaderList): void {
  const { status, entity } = answer;
  if (entity !== undefined && status < 400) requireAcceptable(request, entity.contentType);
  // As bytes: with a text, Node would send the headers in the text's encoding too.
  const body = typeof entity?.body === "string" ? Buffer.from(entity.body) : (entity?.body ?? NOTHING);
  reply.raw.writeHead(status, [
    "X-Request-ID",
    request.id,
    ...headers,
    ...answer.headers,
    ...(entity === undefined ? [] : ["Content-Type", entity.contentType]),
    ...(LENGTHLESS.has(status) ? [] : ["Content-Length", String(body.length)]),
  ]);
  reply.raw.end(body);
}

/** @throws NotAcceptable when the caller does not accept a type. */
export function requireAcceptable({ headers: { accept } }: ApiRequest, contentType: string): void {
  const [essence = ""] = contentType.split(";");
  if (acceptsType(accept, essence)) return;
  throw new NotAcceptable(messages.notAcceptable(contentType), { rejection: true });
}

/** Answers with an error, as web actions spell it: on several lines, and without asking for credentials. */
export function sendWebError(
  request: ApiRequest,
  reply: ApiReply,
  { status, message }: Pick<WhiskError, "status" | "message">,
  headers: HeaderList,
): void {
  const body = prettyJson({ error: message, code: request.id });
  sendWeb(request, reply, { status, headers: [], entity: { contentType: "application/json", body } }, headers);
}
