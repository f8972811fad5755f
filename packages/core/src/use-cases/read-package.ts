import type { Package } from "../domain/entity.ts";
import { Conflict, NotFound, Unprocessable } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import type { StoredEntity } from "../ports/entity-store.ts";
import { forbidden, owns } from "./entitlement.ts";
import type { EntityCache } from "./entity-cache.ts";

/** A package that the caller may read. */
export interface ReadablePackage {
  /** What was asked for: a package, or a binding. */
  readonly requested: StoredEntity<Package>;
  /** Where the actions are: the package itself, or what the binding refers to. */
  readonly provider: StoredEntity<Package>;
}

/** Looks up a package by id (`ns/pkg`) for a caller who wants to read it, or what is in it. */
export type ReadPackage = (identity: Identity, namespace: string, name: string) => Promise<ReadablePackage>;

/**
 * Makes {@link ReadPackage}. The owner is told what is wrong: NotFound, Conflict when the name belongs to another type
 * of entity, Unprocessable when bindings refer in a circle. Anybody else gets Forbidden, whether it is private or not
 * there, and so does the owner of a binding to such a package.
 */
export function readPackage(entities: EntityCache): ReadPackage {
  async function read(identity: Identity, id: string, seen: readonly string[]): Promise<ReadablePackage> {
    const [namespace = ""] = id.split("/");
    const owner = owns(identity, namespace);
    const stored = await entities.get(id);
    if (stored === undefined) throw owner ? new NotFound() : forbidden(id);
    if (!isPackage(stored)) throw owner ? new Conflict(messages.notInThisCollection) : forbidden(id);
    const { binding, publish } = stored.entity;
    if (binding === undefined) {
      if (!owner && !publish) throw forbidden(id);
      return { requested: stored, provider: stored };
    }
    if (!owner) throw forbidden(id);
    const target = `${binding.namespace}/${binding.name}`;
    if (target === id || seen.includes(target)) throw new Unprocessable(messages.bindingCircular(id));
    const { provider } = await read(identity, target, [...seen, id]);
    return { requested: stored, provider };
  }
  return (identity, namespace, name) => read(identity, `${namespace}/${name}`, []);
}

/** Whether a stored entity is a package or a binding. */
export function isPackage(stored: StoredEntity): stored is StoredEntity<Package> {
  return stored.entity.entityType === "package";
}
