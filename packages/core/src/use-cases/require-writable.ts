import { BadRequest, Conflict, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import type { EntityStore } from "../ports/entity-store.ts";
import { type ActionPath, actionPathText, requireOwner } from "./entitlement.ts";
import { isPackage } from "./read-package.ts";

/**
 * Checks that the caller may write an action at a path: the namespace is the caller's own, and the package, if there is
 * one in the path, exists and is no binding.
 * @throws Forbidden, NotFound, Conflict, BadRequest
 */
export async function requireWritable(entities: EntityStore, identity: Identity, path: ActionPath): Promise<void> {
  requireOwner(identity, path.namespace, actionPathText(path));
  if (path.packageName === undefined) return;
  const stored = await entities.get(`${path.namespace}/${path.packageName}`);
  if (stored === undefined) throw new NotFound();
  if (!isPackage(stored)) throw new Conflict(messages.notInThisCollection);
  if (stored.entity.binding !== undefined) throw new BadRequest(messages.notAllowedOnBinding);
}
