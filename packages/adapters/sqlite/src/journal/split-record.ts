import { type Activation, type ActivationResponse, type Json, pathFilter } from "@meringue/core";
import type { StoredRecord } from "./record-entry.ts";

interface Tail {
  readonly result?: Json;
  readonly logs?: readonly string[];
}

/** The inverse of {@link joinRecord}. */
export function splitRecord(activation: Activation): StoredRecord {
  const { logs, response, ...rest } = activation;
  const { result, ...judged } = response;
  const tail: Tail = { ...(result === undefined ? {} : { result }), ...(logs.length === 0 ? {} : { logs }) };
  return {
    namespace: activation.namespace,
    path: pathFilter(activation),
    start: activation.start,
    head: JSON.stringify({ ...rest, response: judged }),
    tail: JSON.stringify(tail),
  };
}

/** @param tail undefined gives a summary: no logs, no result. */
export function joinRecord(head: string, tail: string | undefined): Activation {
  const { response, ...rest } = JSON.parse(head) as Omit<Activation, "logs">;
  const { logs = [], ...result } = (tail === undefined ? {} : JSON.parse(tail)) as Tail;
  return { ...rest, response: { ...response, ...result } satisfies ActivationResponse, logs };
}
