import type { Entity, EntityType } from "../domain/entity.ts";

/** An entity as stored. `rev` changes with every write and is opaque to all but the store. */
export interface StoredEntity<T extends Entity = Entity> {
  readonly id: string;
  readonly rev: string;
  readonly entity: T;
}

/** Which entities a listing is about. */
export interface EntityQuery {
  readonly type: EntityType;
  /** `ns`: all of the namespace, packaged actions included. `ns/pkg`: the actions of that package only. */
  readonly path: string;
  /** Only packages with `publish` that are no bindings: what another namespace may see. */
  readonly publicOnly?: boolean;
}

/** A window on a listing, newest `updated` first. */
export interface Page {
  readonly skip: number;
  readonly limit: number;
}

/** What to do with the code of an action that is being written. */
export type CodeWrite = { readonly bytes: Uint8Array } | "keep" | "none";

/** Where entities and their code live. The store, not its caller, detects that two writers met. */
export interface EntityStore {
  /** @returns undefined when there is no such document; never throws NotFound. */
  get(id: string): Promise<StoredEntity | undefined>;
  /**
   * Creates (`rev` undefined) or replaces a document together with its code, in one step: no reader and no
   * crash ever sees one without the other.
   * @throws Conflict when `rev` is not the current revision, or the document exists and `rev` is undefined.
   */
  put<T extends Entity>(entity: T, rev: string | undefined, code: CodeWrite): Promise<StoredEntity<T>>;
  /** @throws Conflict when `rev` is not the current revision; NotFound when there is no such document. */
  delete(id: string, rev: string): Promise<void>;
  /** @returns the code that belongs to the current revision, undefined when it has none or the revision is gone. */
  getCode(id: string, rev: string): Promise<Uint8Array | undefined>;
  list(query: EntityQuery, page: Page): Promise<readonly Entity[]>;
  count(query: EntityQuery): Promise<number>;
}
