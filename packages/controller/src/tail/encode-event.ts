import { type Activation, type ActivationEvent, encodeActivationSummary } from "@meringue/core";

/** An event as it goes over the wire. @param at epoch milliseconds: its id, from which a reader may go on later. */
export function encodeEvent(event: ActivationEvent, at: number): Buffer {
  if (event.kind === "ended") return encodeEnded(event.activation, at);
  const { activationId, name, line } = event;
  return encode(at, "log", { activationId, name, line });
}

/** The record as a listing shows it. */
export function encodeEnded(activation: Activation, at: number): Buffer {
  return encode(at, "activation", encodeActivationSummary(activation));
}

/** Events of each kind. */
export interface Counted {
  readonly logs: number;
  readonly activations: number;
}

/** Tells of events that were left out. It has no id: who goes on from the one before gets what can still be had. */
export function encodeGap({ logs, activations }: Counted): Buffer {
  return Buffer.from(`event: gap\ndata: ${JSON.stringify({ logs, activations })}\n\n`);
}

function encode(at: number, name: string, data: object): Buffer {
  return Buffer.from(`id: ${at}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The id that a reader has seen last; undefined when that is none of ours. */
export function readEventId(text: string | readonly string[] | undefined): number | undefined {
  return typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
