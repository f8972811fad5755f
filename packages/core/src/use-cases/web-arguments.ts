import { hash, timingSafeEqual } from "node:crypto";
import { BadRequest } from "../domain/errors.ts";
import { checkFinal } from "../domain/invocation.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import { messages } from "../domain/messages.ts";
import type { WebAction } from "./web-action.ts";

/** What came as the body of a web call. */
export type WebBody =
  | { readonly kind: "none" }
  /** A JSON object or a form: each field becomes an argument. */
  | { readonly kind: "fields"; readonly fields: JsonObject }
  /** Anything else becomes the one argument `__ow_body`. */
  | { readonly kind: "opaque"; readonly value: Json };

/** An HTTP request as a web action gets to know it. */
export interface WebRequest {
  /** Lower case. */
  readonly method: string;
  /** By lower-case name. */
  readonly headers: JsonObject;
  /** What follows the action's name in the URL, percent-encoded; empty or beginning with a slash. */
  readonly path: string;
  /** The query as one text, for raw actions. */
  readonly query: string;
  /** The query by parameter. */
  readonly parameters: JsonObject;
  readonly body: WebBody;
  /** The caller's namespace, if valid credentials came with the request. */
  readonly user: string | undefined;
}

/** Arguments that tell of the request: nobody else may set them. */
const RESERVED = ["__ow_method", "__ow_headers", "__ow_path", "__ow_user", "__ow_query", "__ow_body"];

/**
 * What a request adds to the action's own parameters.
 * @throws BadRequest when an action that is not raw is sent a reserved argument, or one that is final.
 */
export function webArguments(action: WebAction, request: WebRequest): JsonObject {
  const context: JsonObject = {
    __ow_method: request.method,
    __ow_headers: request.headers,
    __ow_path: request.path,
    ...(request.user === undefined ? {} : { __ow_user: request.user }),
  };
  const { body } = request;
  if (action.raw) {
    return { ...context, __ow_query: request.query, __ow_body: body.kind === "opaque" ? body.value : "" };
  }
  const given: JsonObject = { ...request.parameters, ...(body.kind === "fields" ? body.fields : {}) };
  checkOverrides(action, given);
  return { ...context, ...given, ...(body.kind === "opaque" ? { __ow_body: body.value } : {}) };
}

function checkOverrides({ prepared }: WebAction, given: JsonObject): void {
  if (RESERVED.some((name) => Object.hasOwn(given, name))) throw new BadRequest(messages.finalParameters);
  checkFinal(prepared.stored.entity.annotations, prepared.parameters, given);
}

/** What a caller of a web action shows to be let in. */
export interface WebCredentials {
  /** Whether valid credentials of any namespace came with the request. */
  readonly authenticated: boolean;
  /** Value of the header `X-Require-Whisk-Auth`. */
  readonly secret: string | undefined;
}

/** Whether the annotation `require-whisk-auth` lets a caller in. */
export function isAdmitted({ requiredAuth }: Pick<WebAction, "requiredAuth">, caller: WebCredentials): boolean {
  switch (typeof requiredAuth) {
    case "undefined":
      return true;
    case "boolean":
      return !requiredAuth || caller.authenticated;
    case "string":
    case "number":
      return caller.secret !== undefined && isSame(caller.secret, String(requiredAuth));
    default:
      return false; // such a value is a mistake of the owner's: better closed than open
  }
}

/** Compares in a time that does not tell where the two differ. */
function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));
}
