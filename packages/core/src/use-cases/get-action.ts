import { encodeAction } from "../domain/action.ts";
import { codeToText } from "../domain/base64.ts";
import type { Action } from "../domain/entity.ts";
import { Forbidden, NotFound } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import { messages } from "../domain/messages.ts";
import type { EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { type ActionCatalogue, mergedParameters, requireAction } from "./action-catalogue.ts";
import { type ActionPath, actionPathText, owns, requireOwner } from "./entitlement.ts";
import type { ReadablePackage } from "./read-package.ts";

export interface GetActionDependencies {
  readonly entities: EntityStore;
  readonly catalogue: ActionCatalogue;
  /** True: actions of other namespaces' packages may be run, not read. */
  readonly sharedPackagesExecuteOnly: boolean;
}

export interface GetActionRequest {
  readonly identity: Identity;
  readonly path: ActionPath;
  /** Read once it is clear that the caller may see the action. */
  readonly withCode: () => boolean;
}

/** An action as the API shows it. @throws Forbidden, NotFound, Conflict */
export type GetAction = (request: GetActionRequest) => Promise<JsonObject>;

/** Makes {@link GetAction}. It reads the store and not memory: a caller sees what was just written, by whomever. */
export function getAction({ entities, catalogue, sharedPackagesExecuteOnly }: GetActionDependencies): GetAction {
  return async ({ identity, path, withCode }) => {
    const pkg = await readableParent(catalogue, identity, path);
    if (sharedPackagesExecuteOnly && pkg !== undefined) refuseShared(identity, path, pkg);
    const wanted = withCode();
    const id = pkg === undefined ? actionPathText(path) : `${pkg.provider.id}/${path.name}`;
    const { stored, code } = await readWithCode(entities, id, wanted);
    const bound = pkg !== undefined && pkg.requested !== pkg.provider;
    return encodeAction(stored.entity, {
      code,
      parameters: mergedParameters(stored, pkg),
      binding: bound && !wanted ? pkg.requested.id : undefined,
    });
  };
}

/**
 * The package through which an action is reached, once the caller may read what is in it; undefined for the default one.
 * @throws Forbidden, NotFound, Conflict, Unprocessable
 */
export async function readableParent(
  catalogue: ActionCatalogue,
  identity: Identity,
  path: ActionPath,
): Promise<ReadablePackage | undefined> {
  if (path.packageName !== undefined) return catalogue.readPackage(identity, path.namespace, path.packageName);
  requireOwner(identity, path.namespace, actionPathText(path));
  return undefined;
}

function refuseShared(identity: Identity, path: ActionPath, { requested, provider }: ReadablePackage): void {
  if (owns(identity, provider.entity.namespace)) return;
  throw new Forbidden(
    requested === provider
      ? messages.getActionOfSharedPackage(provider.id)
      : messages.getActionThroughBinding(actionPathText(path)),
  );
}

interface ActionWithCode {
  readonly stored: StoredEntity<Action>;
  readonly code: string | undefined;
}

/**
 * An action and the code of the same revision.
 * @throws NotFound when either is missing.
 */
async function readWithCode(entities: EntityStore, id: string, withCode: boolean): Promise<ActionWithCode> {
  for (let lastRev: string | undefined; ; ) {
    const stored = requireAction(await entities.get(id));
    if (!withCode || !hasCode(stored.entity)) return { stored, code: undefined };
    const code = await codeText(entities, stored);
    if (code !== undefined) return { stored, code };
    // Either the revision was replaced between the two reads, or its code is really lost.
    if (stored.rev === lastRev) throw new NotFound();
    lastRev = stored.rev;
  }
}

/** Whether an action should have code. */
export function hasCode({ exec }: Action): boolean {
  return exec.type === "code" || (exec.type === "blackbox" && exec.hasCode);
}

/** The code of an action as the API shows it; undefined when it has none, or none any more. */
export async function codeText(entities: EntityStore, stored: StoredEntity<Action>): Promise<string | undefined> {
  const { exec } = stored.entity;
  if (exec.type === "sequence" || !hasCode(stored.entity)) return undefined;
  const bytes = await entities.getCode(stored.id, stored.rev);
  return bytes === undefined ? undefined : codeToText(exec.binary, bytes);
}
