import type { Identity } from "../domain/identity.ts";
import { type EntityName, OWN_NAMESPACE, splitPath } from "../domain/names.ts";
import type { ActionCatalogue, PreparedAction } from "./action-catalogue.ts";
import { type ActionPath, requireOwner } from "./entitlement.ts";
import type { ReadablePackage } from "./read-package.ts";

/** Where a component of a sequence or composition is. */
export interface ComponentPath extends ActionPath {
  /** `ns[/pkg]/name`. */
  readonly id: string;
}

/**
 * @param component `/ns[/pkg]/name`, each part checked when it was written. With more parts there can be no such action.
 * @param own the caller's namespace: what a leading `_` means.
 */
export function componentPath(component: string, own: EntityName): ComponentPath {
  const [root = "", ...rest] = splitPath(component) as EntityName[];
  const namespace = (root === OWN_NAMESPACE ? own : root) as EntityName;
  const [first = "", second] = rest;
  const id = [namespace, ...rest].join("/");
  if (rest.length === 2 && second !== undefined)
    return { namespace, packageName: first as EntityName, name: second, id };
  return { namespace, name: rest.join("/") as EntityName, id };
}

/**
 * Checks that the caller may run (or, which is the same, read) what is at a path.
 * @returns the package through which it is reached; undefined for the default package.
 * @throws Forbidden; NotFound for an own package that does not exist, Conflict for one that is something else.
 */
export async function reachComponent(
  catalogue: ActionCatalogue,
  identity: Identity,
  { namespace, packageName, id }: ComponentPath,
): Promise<ReadablePackage | undefined> {
  if (packageName !== undefined) return await catalogue.readPackage(identity, namespace, packageName);
  requireOwner(identity, namespace, id);
  return undefined;
}

/** An action that the caller may run. @throws as {@link reachComponent}, and NotFound or Conflict for the action itself */
export async function findComponent(
  catalogue: ActionCatalogue,
  identity: Identity,
  path: ComponentPath,
): Promise<PreparedAction> {
  const pkg = await reachComponent(catalogue, identity, path);
  return await catalogue.find(path.namespace, pkg, path.name);
}
