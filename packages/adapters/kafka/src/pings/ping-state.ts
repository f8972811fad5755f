import { type InvokerState, isJsonObject, type Json, type JsonObject } from "@meringue/core";
import type { Ping } from "../messages/ping.ts";

/** A ping that says what there is to say of an invoker. To others one that drains is one that is not enabled. */
export function pingOf({ draining, freeMemoryMb, warm, incarnation, ...invoker }: InvokerState, leaving = false): Ping {
  const more: JsonObject = {
    ...(draining === undefined || leaving ? {} : { draining }),
    ...(freeMemoryMb === undefined ? {} : { freeMemoryMb }),
    ...(warm === undefined ? {} : { warm: { ...warm } }),
    ...(incarnation === undefined ? {} : { incarnation }),
  };
  return { invoker, isEnabled: !leaving && draining !== true, ...(Object.keys(more).length === 0 ? {} : { more }) };
}

/** What a ping says. What is not of the right type was not said. */
export function stateOf({ invoker, more = {} }: Ping): InvokerState {
  const { draining, freeMemoryMb, warm, incarnation } = more;
  return {
    ...invoker,
    ...(draining === true ? { draining } : {}),
    ...(typeof freeMemoryMb === "number" ? { freeMemoryMb } : {}),
    ...(typeof incarnation === "string" ? { incarnation } : {}),
    ...(isCounts(warm) ? { warm } : {}),
  };
}

function isCounts(json: Json | undefined): json is Record<string, number> {
  return isJsonObject(json) && Object.values(json).every((value) => typeof value === "number");
}
