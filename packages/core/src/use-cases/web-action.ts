import type { Package } from "../domain/entity.ts";
import { Conflict, InternalError, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { Json } from "../domain/json.ts";
import { getValue } from "../domain/parameters.ts";
import type { StoredEntity } from "../ports/entity-store.ts";
import type { ActionCatalogue, PreparedAction } from "./action-catalogue.ts";
import { type ActionPath, forbidden, owns } from "./entitlement.ts";
import type { EntityCache } from "./entity-cache.ts";
import { isPackage, type ReadablePackage } from "./read-package.ts";
import type { NamespaceOwners } from "./web-owners.ts";

/** Counts a call of a namespace's web action against what the namespace may do. @throws TooManyRequests */
export type AdmitWebCall = (owner: Identity) => void | Promise<void>;

export interface WebActionDependencies {
  readonly catalogue: ActionCatalogue;
  readonly owners: NamespaceOwners;
  readonly admit?: AdmitWebCall | undefined;
}

/** An action that anybody may call over HTTP, and how. */
export interface WebAction {
  /** Whose namespace the URL names: the activation is theirs, whoever calls. */
  readonly owner: Identity;
  readonly prepared: PreparedAction;
  /** Annotated `raw-http`: gets query and body as they came. */
  readonly raw: boolean;
  /** Annotated `web-custom-options`: answers OPTIONS itself, and brings its own CORS headers. */
  readonly customOptions: boolean;
  /** Value of `require-whisk-auth`; undefined when there is none. */
  readonly requiredAuth: Json | undefined;
}

/**
 * Finds the web action behind a path.
 * @param counts whether this is a call of it; false merely looks again.
 * @throws NotFound, the same for no namespace, no package, no action and no web action: it leaks nothing; Forbidden when
 * a binding of the owner's leads to a package that the owner may not read; TooManyRequests
 */
export type FindWebAction = (path: ActionPath, counts: boolean) => Promise<WebAction>;

/** Makes {@link FindWebAction}. */
export function findWebAction({ catalogue, owners, admit }: WebActionDependencies): FindWebAction {
  return async (path, counts) => {
    const owner = await owners.find(path.namespace);
    if (owner === undefined) throw new NotFound();
    const { pkg, prepared } = await concealing(() => locate(catalogue, path));
    const { annotations } = prepared.stored.entity;
    const isOn = (key: string): boolean => getValue(annotations, key) === true;
    if (!isOn("web-export")) throw new NotFound();
    if (counts) await admit?.(owner);
    requireReadable(owner, pkg, prepared.executable.id);
    return {
      owner,
      prepared,
      raw: isOn("raw-http"),
      customOptions: isOn("web-custom-options"),
      requiredAuth: getValue(annotations, "require-whisk-auth"),
    };
  };
}

interface Located {
  readonly pkg: ReadablePackage | undefined;
  readonly prepared: PreparedAction;
}

async function locate(catalogue: ActionCatalogue, { namespace, packageName, name }: ActionPath): Promise<Located> {
  const pkg =
    packageName === undefined ? undefined : await followBindings(catalogue.entities, `${namespace}/${packageName}`);
  return { pkg, prepared: await catalogue.find(namespace, pkg, name) };
}

/** Nobody who merely guesses names may learn what there is: whatever was wrong with one, it is not found. */
async function concealing<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (cause) {
    const telling = cause instanceof NotFound || cause instanceof Conflict || cause instanceof InternalError;
    if (telling) throw new NotFound(undefined, { cause });
    throw cause;
  }
}

/** @throws NotFound when a name on the way is no package, or bindings refer in a circle. */
async function followBindings(entities: EntityCache, id: string): Promise<ReadablePackage> {
  const requested = await packageAt(entities, id);
  let provider = requested;
  for (const seen = new Set([id]); provider.entity.binding !== undefined; ) {
    const { namespace, name } = provider.entity.binding;
    const target = `${namespace}/${name}`;
    if (seen.has(target)) throw new NotFound();
    seen.add(target);
    provider = await packageAt(entities, target);
  }
  return { requested, provider };
}

async function packageAt(entities: EntityCache, id: string): Promise<StoredEntity<Package>> {
  const stored = await entities.get(id);
  if (stored === undefined || !isPackage(stored)) throw new NotFound();
  return stored;
}

/**
 * What is exported from a private package is for everybody, but only in the package's own namespace.
 * @param actionId `ns/pkg/name`: what the refusal names.
 */
function requireReadable(owner: Identity, pkg: ReadablePackage | undefined, actionId: string): void {
  if (pkg === undefined) return;
  const { entity } = pkg.provider;
  if (!owns(owner, entity.namespace) && !entity.publish) throw forbidden(actionId);
}
