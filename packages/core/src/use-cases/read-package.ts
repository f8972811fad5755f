import type { Package } from "../domain/entity.ts";
import { Conflict, type Forbidden, InternalError, NotFound, Unprocessable } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import type { StoredEntity } from "../ports/entity-store.ts";
import { forbidden, owns } from "./entitlement.ts";

/** A package that the caller may read. */
export interface ReadablePackage {
  /** What was asked for: a package, or a binding. */
  readonly requested: StoredEntity<Package>;
  /** Where the actions are: the package itself, or what the binding refers to. */
  readonly provider: StoredEntity<Package>;
}

/** Looks up a package by id (`ns/pkg`) for a caller who wants to read it, or what is in it. */
export type ReadPackage = (identity: Identity, namespace: string, name: string) => Promise<ReadablePackage>;

/** Where packages are read from: through memory, or straight from the store. */
export interface PackageSource {
  get(id: string): StoredEntity | undefined | Promise<StoredEntity | undefined>;
}

/**
 * Makes {@link ReadPackage}. The owner is told what is wrong: NotFound, Conflict when the name belongs to another type
 * of entity, Unprocessable when bindings refer in a circle. Anybody else gets Forbidden, whether it is private, not
 * there or broken, and so does the owner of a binding to such a package. A refusal names the package that was asked for.
 */
export function readPackage(entities: PackageSource): ReadPackage {
  async function read(identity: Identity, id: string, seen: readonly string[]): Promise<ReadablePackage> {
    const [namespace = ""] = id.split("/");
    const owner = owns(identity, namespace);
    const refusal = (): Forbidden => forbidden(seen[0] ?? id);
    const stored = await load(entities, id, owner, refusal);
    if (stored === undefined) throw owner ? new NotFound() : refusal();
    if (!isPackage(stored)) throw owner ? new Conflict(messages.notInThisCollection) : refusal();
    const { binding, publish } = stored.entity;
    if (binding === undefined) {
      if (!owner && !publish) throw refusal();
      return { requested: stored, provider: stored };
    }
    if (!owner) throw refusal();
    const target = `${binding.namespace}/${binding.name}`;
    if (target === id || seen.includes(target)) throw new Unprocessable(messages.bindingCircular(id));
    const { provider } = await read(identity, target, [...seen, id]);
    return { requested: stored, provider };
  }
  return (identity, namespace, name) => read(identity, `${namespace}/${name}`, []);
}

/** Only the owner may learn that a document is there and cannot be read. */
async function load(
  entities: PackageSource,
  id: string,
  owner: boolean,
  refusal: () => Forbidden,
): Promise<StoredEntity | undefined> {
  try {
    return await entities.get(id);
  } catch (error) {
    if (!owner && error instanceof InternalError) throw refusal();
    throw error;
  }
}

/** Whether a stored entity is a package or a binding. */
export function isPackage(stored: StoredEntity): stored is StoredEntity<Package> {
  return stored.entity.entityType === "package";
}
