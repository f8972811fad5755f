import { Forbidden } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import type { EntityName } from "../domain/names.ts";

/** Where an action is: in a namespace, or in a package (or binding) there. */
export interface ActionPath {
  readonly namespace: EntityName;
  readonly packageName?: EntityName;
  readonly name: EntityName;
}

/** `ns[/pkg]/name`. */
export function actionPathText({ namespace, packageName, name }: ActionPath): string {
  return packageName === undefined ? `${namespace}/${name}` : `${namespace}/${packageName}/${name}`;
}

/** Whether the namespace is the caller's own: the only power that a key has. */
export function owns(identity: Identity, namespace: string): boolean {
  return identity.namespace.name === namespace;
}

/**
 * @param resource what the refusal names: `ns[/pkg][/name]`.
 * @throws Forbidden unless the namespace is the caller's own.
 */
export function requireOwner(identity: Identity, namespace: string, resource: string): void {
  if (!owns(identity, namespace)) throw forbidden(resource);
}

/** The refusal that names what may not be touched. */
export function forbidden(...resources: readonly string[]): Forbidden {
  return new Forbidden(messages.forbiddenResources(resources));
}

/**
 * Checks that actions of a kind may be written: those that the deployment or the namespace lists, or all if neither
 * lists any.
 * @throws Forbidden
 */
export function requireKind(identity: Identity, kind: string, whitelist: readonly string[] = []): void {
  const own = identity.limits.allowedKinds ?? [];
  if (own.length + whitelist.length === 0 || own.includes(kind) || whitelist.includes(kind)) return;
  throw new Forbidden(messages.forbiddenKind(kind));
}
