import type { ChangeFeed } from "../ports/change-feed.ts";
import type { EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { boundedMap } from "./bounded-map.ts";

/** Reads entities through memory. Code never enters it. */
export interface EntityCache {
  /** @returns the entity: at once when it is in memory, else a promise; undefined when there is none. */
  get(id: string): StoredEntity | undefined | Promise<StoredEntity | undefined>;
  /** Stops following the change feed. */
  close(): void;
}

export interface EntityCacheOptions {
  readonly maxEntries?: number;
  /** Bound on the sum of the entities' JSON text lengths. */
  readonly maxBytes?: number;
}

/** A cache that loads each entity once, however many ask at a time, and forgets it when the change feed names it. */
export function entityCache(
  entities: EntityStore,
  changes: ChangeFeed,
  { maxEntries = 50_000, maxBytes = 64 * 1024 * 1024 }: EntityCacheOptions = {},
): EntityCache {
  const held = boundedMap<StoredEntity>(maxEntries, maxBytes);
  const loading = new Map<string, Promise<StoredEntity | undefined>>();
  const close = changes.subscribe((change) => {
    if (change.kind === "everything") {
      held.clear();
      loading.clear();
    }
    if (change.kind !== "entity") return;
    held.delete(change.id);
    // A load that began before the change may bring what was there before it: nobody may join it any more.
    loading.delete(change.id);
  });

  function load(id: string): Promise<StoredEntity | undefined> {
    const joined = loading.get(id);
    if (joined !== undefined) return joined;
    const load = entities.get(id).then(
      (stored) => {
        if (loading.get(id) !== load) return stored;
        loading.delete(id);
        if (stored !== undefined) held.set(id, stored, JSON.stringify(stored.entity).length);
        return stored;
      },
      (error: unknown) => {
        if (loading.get(id) === load) loading.delete(id);
        throw error;
      },
    );
    loading.set(id, load);
    return load;
  }

  return { get: (id) => held.get(id) ?? load(id), close };
}
