import type { Package } from "../domain/entity.ts";
import { decodePutContents } from "../domain/entity-put.ts";
import { BadRequest, Conflict, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import type { SystemLimits } from "../domain/limits.ts";
import { messages } from "../domain/messages.ts";
import {
  type Binding,
  createPackage,
  decodePackageRest,
  encodePackage,
  isReservedPackageName,
  type PackagePut,
  updatePackage,
} from "../domain/package.ts";
import type { ChangeFeed } from "../ports/change-feed.ts";
import type { Clock } from "../ports/clock.ts";
import type { EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { asWritten, type ParameterLocks } from "./parameter-encryption.ts";
import { readPackage } from "./read-package.ts";
import { type PutEntityRequest, replaceable, requireOwn } from "./stored-entity.ts";

export interface PutPackageDependencies {
  readonly entities: EntityStore;
  readonly changes: ChangeFeed;
  readonly limits: SystemLimits;
  readonly clock: Clock;
  /** What parameters are stored under; without it they are stored as they come. */
  readonly parameterLocks?: ParameterLocks;
}

/**
 * Creates or updates a package or a binding.
 * @returns it as the API shows it.
 * @throws Forbidden, BadRequest, TooLarge, Conflict
 */
export type PutPackage = (request: PutEntityRequest) => Promise<JsonObject>;

/** Makes {@link PutPackage}. */
export function putPackage(deps: PutPackageDependencies): PutPackage {
  const { entities, changes, clock } = deps;
  return async (request) => {
    const { identity, path } = request;
    const id = requireOwn(identity, path);
    const { put, overwrite } = await decode(deps, request);
    const target = put.binding === undefined ? undefined : await readTarget(entities, identity, put.binding);
    const old = replaceable(await entities.get(id), "package", overwrite);
    if (target !== undefined) checkTarget(target, old?.entity);
    const now = clock.now();
    const pkg = old === undefined ? createPackage(put, { ...path, now }) : updatePackage(old.entity, put, now);
    const parameters = deps.parameterLocks?.lock(pkg.parameters) ?? pkg.parameters;
    const stored = await entities.put({ ...pkg, parameters }, old?.rev, "none");
    changes.publish({ kind: "entity", id: stored.id });
    return encodePackage({ ...stored.entity, parameters: asWritten(pkg.parameters, parameters) });
  };
}

async function decode(
  { limits }: PutPackageDependencies,
  { identity, path, body, overwrite }: PutEntityRequest,
): Promise<{ readonly put: PackagePut; readonly overwrite: boolean }> {
  const json = await body();
  const contents = decodePutContents(json, { namespaceLimits: identity.limits, system: limits });
  const mayOverwrite = overwrite();
  if (isReservedPackageName(path.name)) throw new BadRequest(messages.packageNameReserved(path.name));
  return { put: { ...contents, ...decodePackageRest(json, path.namespace) }, overwrite: mayOverwrite };
}

/** What a binding is to point to, if the caller may read it. */
async function readTarget(entities: EntityStore, identity: Identity, { namespace, name }: Binding) {
  try {
    return (await readPackage(entities)(identity, namespace, name)).requested;
  } catch (error) {
    if (error instanceof NotFound) throw new BadRequest(messages.bindingTargetMissing, { cause: error });
    if (error instanceof Conflict) throw new Conflict(messages.bindingTargetNotAPackage, { cause: error });
    throw error;
  }
}

/** @throws Conflict when a package would become a binding; BadRequest when a binding would point to a binding. */
function checkTarget(target: StoredEntity<Package>, old: Package | undefined): void {
  if (old !== undefined && old.binding === undefined) throw new Conflict(messages.packageCannotBecomeBinding);
  if (target.entity.binding !== undefined) throw new BadRequest(messages.bindingTargetIsABinding);
}
