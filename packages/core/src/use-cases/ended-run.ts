import { type Activation, durationOf } from "../domain/activation.ts";
import { isJsonObject, type Json } from "../domain/json.ts";
import { getValue } from "../domain/parameters.ts";
import type { EndedRun } from "../ports/event-sink.ts";

/**
 * What an event tells of a record. @returns undefined for records that tell no `path` or `kind`: those of triggers, and of
 * actions that could not be had.
 */
export function endedRun(activation: Activation): EndedRun | undefined {
  const { annotations, response } = activation;
  const [path, kind] = [getValue(annotations, "path"), getValue(annotations, "kind")];
  if (typeof path !== "string" || typeof kind !== "string") return undefined;
  const limits = getValue(annotations, "limits");
  const causedBy = getValue(annotations, "causedBy");
  const userDefinedStatusCode = ownStatusCode(response.result);
  return {
    name: path,
    activationId: activation.activationId,
    statusCode: response.statusCode,
    duration: durationOf(activation) ?? 0,
    waitTime: whole(getValue(annotations, "waitTime")),
    initTime: whole(getValue(annotations, "initTime")),
    kind,
    conductor: getValue(annotations, "conductor") === true,
    memory: isJsonObject(limits) ? whole(limits["memory"]) : 0,
    ...(typeof causedBy === "string" ? { causedBy } : {}),
    ...(response.size === undefined ? {} : { size: response.size }),
    ...(userDefinedStatusCode === undefined ? {} : { userDefinedStatusCode }),
  };
}

function whole(json: Json | undefined): number {
  return typeof json === "number" ? json : 0;
}

/** `error.statusCode`, else `statusCode`; what is there and no whole number counts as 400. */
function ownStatusCode(result: Json | undefined): number | undefined {
  if (!isJsonObject(result)) return undefined;
  const error = result["error"];
  const code = (isJsonObject(error) ? error["statusCode"] : undefined) ?? result["statusCode"];
  if (code === undefined || code === null) return undefined;
  const number = typeof code === "string" && /^-?\d+$/.test(code) ? Number(code) : code;
  return typeof number === "number" && Number.isInteger(number) ? number : 400;
}
