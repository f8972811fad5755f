import { type EntityName, type Identity, parseActivationId } from "@meringue/core";
import type { ApiRequest } from "../exchange.ts";
import { namespaceOf, paramsOf } from "../path.ts";

/** What there is of the activation that a request's path names. @throws BadRequest, Forbidden, NotFound */
export function activationOf<T>(
  request: ApiRequest,
  get: (identity: Identity, namespace: EntityName, activationId: string) => Promise<T>,
): Promise<T> {
  const namespace = namespaceOf(request);
  const activationId = parseActivationId(paramsOf(request).id ?? "");
  return get(request.identity, namespace, activationId);
}
