import type { Action } from "../domain/entity.ts";
import { Conflict, NotFound } from "../domain/errors.ts";
import { messages } from "../domain/messages.ts";
import type { EntityName } from "../domain/names.ts";
import { getValue, initNames, type KeyValue, lockedNames, mergeKeyValues } from "../domain/parameters.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { ExecutableAction } from "../ports/dispatcher.ts";
import type { EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { type EntityCache, type EntityCacheOptions, entityCache } from "./entity-cache.ts";
import { type ReadablePackage, type ReadPackage, readPackage } from "./read-package.ts";

/** An action with all that running it needs and that no request changes. */
export interface PreparedAction {
  readonly stored: StoredEntity<Action>;
  readonly executable: ExecutableAction;
  /** Provider's < binding's < action's own. */
  readonly parameters: readonly KeyValue[];
  /** Which of them go to the environment at initialization. */
  readonly initArgs: readonly string[];
  /** By name, the cipher of those that are stored locked; undefined when none is. */
  readonly lockedArgs?: Readonly<Record<string, string>> | undefined;
}

/** Actions as they are run and read, from memory while they do not change. */
export interface ActionCatalogue {
  /**
   * @param namespace the namespace in the path; when the action is in a package, only `pkg` decides where it is.
   * @param pkg the package or binding through which it is reached; undefined for the default package.
   * @returns the action: at once when all of it is in memory, else a promise.
   * @throws NotFound; Conflict when the name belongs to another type of entity. Also as a rejection.
   */
  find(
    namespace: EntityName,
    pkg: ReadablePackage | undefined,
    name: EntityName,
  ): PreparedAction | Promise<PreparedAction>;
  readonly readPackage: ReadPackage;
  /** Entities of every type, through the same memory. */
  readonly entities: EntityCache;
  /** Stops following the change feed. */
  close(): void;
}

/** The catalogue of the actions in a store. Whoever writes must tell the change feed. */
export function actionCatalogue(
  entities: EntityStore,
  changes: ChangeFeed,
  options?: EntityCacheOptions,
): ActionCatalogue {
  const cache = entityCache(entities, changes, options);
  const prepare = rememberPrepared();
  return {
    find(namespace, pkg, name) {
      const id = pkg === undefined ? `${namespace}/${name}` : `${pkg.provider.id}/${name}`;
      const stored = cache.get(id);
      if (stored instanceof Promise) return stored.then((loaded) => prepare(requireAction(loaded), pkg));
      return prepare(requireAction(stored), pkg);
    },
    readPackage: readPackage(cache),
    entities: cache,
    close: cache.close,
  };
}

/** @throws NotFound, Conflict */
export function requireAction(stored: StoredEntity | undefined): StoredEntity<Action> {
  if (stored === undefined) throw new NotFound();
  if (stored.entity.entityType !== "action") throw new Conflict(messages.notInThisCollection);
  return stored as StoredEntity<Action>;
}

interface Remembered {
  readonly pkg: ReadablePackage | undefined;
  readonly prepared: PreparedAction;
}

/**
 * What is prepared lives as long as the revisions that it was made of stay in memory: a change brings other objects, and
 * with them a new preparation.
 */
function rememberPrepared(): (stored: StoredEntity<Action>, pkg: ReadablePackage | undefined) => PreparedAction {
  const plain = new WeakMap<StoredEntity, PreparedAction>();
  const packaged = new WeakMap<StoredEntity, WeakMap<StoredEntity, Remembered>>();
  return (stored, pkg) => {
    if (pkg === undefined) {
      const known = plain.get(stored);
      if (known !== undefined) return known;
      const prepared = prepareAction(stored, undefined);
      plain.set(stored, prepared);
      return prepared;
    }
    let byPackage = packaged.get(stored);
    if (byPackage === undefined) packaged.set(stored, (byPackage = new WeakMap()));
    const known = byPackage.get(pkg.requested);
    if (known?.pkg?.provider === pkg.provider) return known.prepared;
    const prepared = prepareAction(stored, pkg);
    byPackage.set(pkg.requested, { pkg, prepared });
    return prepared;
  };
}

/** An action's parameters over its binding's over its package's. */
export function mergedParameters(
  { entity }: StoredEntity<Action>,
  pkg: ReadablePackage | undefined,
): readonly KeyValue[] {
  if (pkg === undefined) return entity.parameters;
  const { requested, provider } = pkg;
  const inherited =
    requested === provider
      ? provider.entity.parameters
      : mergeKeyValues(provider.entity.parameters, requested.entity.parameters);
  return mergeKeyValues(inherited, entity.parameters);
}

function prepareAction(stored: StoredEntity<Action>, pkg: ReadablePackage | undefined): PreparedAction {
  const bound = pkg !== undefined && pkg.requested !== pkg.provider;
  const parameters = mergedParameters(stored, pkg);
  const { id, rev, entity: action } = stored;
  return {
    stored,
    executable: {
      id,
      rev,
      action,
      ...(bound ? { binding: pkg.requested.id } : {}),
      ...(getValue(action.annotations, "stream") === true ? { streams: true } : {}),
    },
    parameters,
    initArgs: initNames(parameters),
    lockedArgs: lockedNames(parameters),
  };
}
