import {
  type ActionPath,
  type EntityName,
  type EntityPath,
  messages,
  NotFound,
  parseEntityName,
  parseNamespace,
} from "@meringue/core";
import type { ApiRequest, PathParams } from "./exchange.ts";

/**
 * The named segments of a request's path, decoded, not checked.
 * @throws NotFound when one is empty: such a path is no route.
 */
export function paramsOf(request: ApiRequest): PathParams {
  const { params } = request;
  for (const name in params) {
    if (params[name as keyof PathParams] === "") throw new NotFound(messages.routeNotFound, { rejection: true });
  }
  return params;
}

/** The namespace in the path; `_` is the caller's. @throws BadRequest */
export function namespaceOf(request: ApiRequest): EntityName {
  return parseNamespace(paramsOf(request).namespace ?? "", request.identity.namespace.name);
}

/** The action in the path, its namespace checked first. @throws BadRequest */
export function actionPathOf(request: ApiRequest): ActionPath {
  const namespace = namespaceOf(request);
  const params = paramsOf(request);
  if (params.package === undefined) return { namespace, name: parseEntityName(params.name ?? "") };
  const packageName = parseEntityName(params.package);
  return { namespace, packageName, name: parseEntityName(params.name ?? "") };
}

/** The package, trigger or rule in the path, its namespace checked first. @throws BadRequest */
export function entityPathOf(request: ApiRequest): EntityPath {
  const namespace = namespaceOf(request);
  return { namespace, name: parseEntityName(paramsOf(request).name ?? "") };
}
