import type { Entity, EntityType } from "../domain/entity.ts";
import { Conflict, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { Json } from "../domain/json.ts";
import { messages } from "../domain/messages.ts";
import type { EntityName } from "../domain/names.ts";
import type { StoredEntity } from "../ports/entity-store.ts";
import { requireOwner } from "./entitlement.ts";

/** Where a package, trigger or rule is. */
export interface EntityPath {
  readonly namespace: EntityName;
  readonly name: EntityName;
}

/** A PUT. Its parts are read when their turn comes, because the order of the checks decides which complaint wins. */
export interface PutEntityRequest {
  readonly identity: Identity;
  readonly path: EntityPath;
  readonly body: () => Promise<Json>;
  readonly overwrite: () => boolean;
}

type OfType<T extends EntityType> = StoredEntity<Extract<Entity, { readonly entityType: T }>>;

/** @returns the entity's id, `ns/name`. @throws Forbidden unless it is in the caller's own namespace */
export function requireOwn(identity: Identity, { namespace, name }: EntityPath): string {
  const id = `${namespace}/${name}`;
  requireOwner(identity, namespace, id);
  return id;
}

/** Whether a stored entity is of a type. */
export function isOfType<T extends EntityType>(stored: StoredEntity | undefined, type: T): stored is OfType<T> {
  return stored?.entity.entityType === type;
}

/** @throws NotFound; Conflict when the name belongs to another type of entity */
export function requireType<T extends EntityType>(stored: StoredEntity | undefined, type: T): OfType<T> {
  if (stored === undefined) throw new NotFound();
  if (!isOfType(stored, type)) throw new Conflict(messages.notInThisCollection);
  return stored;
}

/**
 * What a PUT finds.
 * @returns undefined where it creates.
 * @throws Conflict when the name belongs to another type of entity, or there is one that may not be overwritten.
 */
export function replaceable<T extends EntityType>(
  stored: StoredEntity | undefined,
  type: T,
  overwrite: boolean,
): OfType<T> | undefined {
  if (stored === undefined) return undefined;
  const old = requireType(stored, type);
  if (!overwrite) throw new Conflict(messages.alreadyExists);
  return old;
}
