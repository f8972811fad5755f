import { type Activation, type GetActivation, parseActivationId } from "@meringue/core";
import type { FastifyRequest } from "fastify";
import { namespaceOf, paramsOf } from "../path.ts";

/** The activation that a request's path names. @throws BadRequest, Forbidden, NotFound */
export function activationOf(request: FastifyRequest, getActivation: GetActivation): Promise<Activation> {
  const namespace = namespaceOf(request);
  const activationId = parseActivationId(paramsOf(request).id ?? "");
  return getActivation(request.identity, namespace, activationId);
}
