import type { Activation, ByteBudget } from "@meringue/core";
import type { ApiReply, ApiRequest } from "./exchange.ts";

/** Counts an activation's result among what the process holds, until it was sent to its caller, however slowly he reads. */
export function holdAnswer(budget: ByteBudget | undefined, reply: ApiReply, activation: Activation): void {
  const { size = 0 } = activation.response;
  if (budget === undefined || size === 0 || reply.raw.closed) return;
  reply.onGone(budget.hold(activation.namespace, size));
}

/**
 * Counts a body of the caller's while it comes in.
 * @param allowedBytes that it may have, which count where it does not say how long it is
 * @returns no longer counts it. @throws as {@link ByteBudget.take} does, before any of the body is read
 */
export function takeForBody(budget: ByteBudget | undefined, request: ApiRequest, allowedBytes: number): () => void {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  const bytes =
    length === undefined ? (coding === undefined ? 0 : allowedBytes) : Math.min(Number(length), allowedBytes);
  return budget?.take(request.identity.namespace.name, bytes) ?? (() => {});
}
