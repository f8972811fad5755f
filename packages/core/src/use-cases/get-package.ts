import type { Action } from "../domain/entity.ts";
import { Forbidden, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import { messages } from "../domain/messages.ts";
import { encodePackageWithActions } from "../domain/package.ts";
import type { EntityStore, Page } from "../ports/entity-store.ts";
import { owns } from "./entitlement.ts";
import { type ReadablePackage, readPackage } from "./read-package.ts";
import type { EntityPath } from "./stored-entity.ts";

export interface GetPackageDependencies {
  readonly entities: EntityStore;
  /** True: the contents of other namespaces' packages may be run, not read. */
  readonly sharedPackagesExecuteOnly: boolean;
}

/** A package or binding with its actions. @throws Forbidden, NotFound, Conflict, Unprocessable */
export type GetPackage = (identity: Identity, path: EntityPath) => Promise<JsonObject>;

/** However many there are: what a package holds is shown whole. */
const ALL: Page = { skip: 0, limit: 2 ** 31 - 1 };

/** Makes {@link GetPackage}. It reads the store and not memory: a caller sees what was just written, by whomever. */
export function getPackage({ entities, sharedPackagesExecuteOnly }: GetPackageDependencies): GetPackage {
  const read = readPackage(entities);
  return async (identity, { namespace, name }) => {
    const pkg = await read(identity, namespace, name).catch((error: unknown) => {
      throw error instanceof NotFound ? new NotFound(messages.notFoundNamed(`${namespace}/${name}`)) : error;
    });
    const { requested, provider } = pkg;
    if (sharedPackagesExecuteOnly) refuseShared(identity, pkg);
    const actions = await entities.list({ type: "action", path: provider.id }, ALL);
    return encodePackageWithActions(requested.entity, provider.entity, actions as readonly Action[]);
  };
}

function refuseShared(identity: Identity, { requested, provider }: ReadablePackage): void {
  if (owns(identity, provider.entity.namespace)) return;
  throw new Forbidden(
    requested === provider
      ? messages.getSharedPackage(provider.id)
      : messages.getBindingOfSharedPackage(requested.entity.name),
  );
}
