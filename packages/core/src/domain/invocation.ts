import { BadRequest, MalformedContent } from "./errors.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { messages } from "./messages.ts";
import { getValue, type KeyValue, toObject } from "./parameters.ts";
import { objectOf } from "./schema.ts";

/** The body of an invocation, and of an event. */
export const payload = objectOf("Payload", {}, messages.payloadNotAnObject);

/** The arguments of an invocation: an object, `{}` for an empty body. @throws MalformedContent */
export function decodePayload(json: Json | undefined): JsonObject {
  if (json === undefined) return {};
  if (!isJsonObject(json)) throw new MalformedContent(messages.payloadNotAnObject);
  return json;
}

/** What an action is called with: its merged parameters, overlaid with the payload. */
export function mergeArguments(parameters: readonly KeyValue[], payload: JsonObject): JsonObject {
  return { ...toObject(parameters), ...payload };
}

/**
 * Which arguments are still locked once the payload went over the parameters: what it brings itself is not, and an array
 * leaves no parameter.
 */
export function stillLocked(
  locked: Readonly<Record<string, string>> | undefined,
  payload: Json | undefined,
): Readonly<Record<string, string>> | undefined {
  if (locked === undefined || Array.isArray(payload)) return undefined;
  if (!isJsonObject(payload)) return locked;
  const left = Object.entries(locked).filter(([key]) => !Object.hasOwn(payload, key));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/**
 * Checks that the payload leaves final parameters alone.
 * @param parameters those of package, binding and action, merged; one whose value is null may still be given.
 * @throws BadRequest when the action is annotated `final: true` and the payload names a parameter with a value.
 */
export function checkFinal(
  annotations: readonly KeyValue[],
  parameters: readonly KeyValue[],
  payload: JsonObject,
): void {
  if (getValue(annotations, "final") !== true) return;
  const overridden = parameters.some(({ key, value }) => value !== null && Object.hasOwn(payload, key));
  if (overridden) throw new BadRequest(messages.finalParameters);
}
