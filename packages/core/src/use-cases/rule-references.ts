import type { EntityReference } from "../domain/entity.ts";
import { BadRequest, InternalError } from "../domain/errors.ts";
import type { Identity } from "../domain/identity.ts";
import { messages } from "../domain/messages.ts";
import { type EntityName, referenceId } from "../domain/names.ts";
import type { EntityStore, StoredEntity } from "../ports/entity-store.ts";
import { type ActionPath, forbidden, owns } from "./entitlement.ts";
import { readPackage } from "./read-package.ts";
import { isOfType } from "./stored-entity.ts";

/** What a rule ties together. */
export interface RuleReferences {
  readonly trigger: EntityReference;
  readonly action: EntityReference;
}

/** Where a rule's action is. The path of a reference has been checked when it was read. */
export function actionPathOf({ path, name }: EntityReference): ActionPath {
  const [namespace = "", ...rest] = path.split("/") as EntityName[];
  const packageName = rest.at(-1);
  return {
    namespace: namespace as EntityName,
    ...(packageName === undefined ? {} : { packageName }),
    name: name as EntityName,
  };
}

/**
 * Checks that the caller may read what a rule is to tie together.
 * @throws Forbidden naming all that is out of reach, or just the package that is; NotFound for an own package that does
 * not exist; Conflict for one that is something else.
 */
export async function requireReferences(
  entities: EntityStore,
  identity: Identity,
  { trigger, action }: Partial<RuleReferences>,
): Promise<void> {
  const refused: string[] = [];
  if (action !== undefined) {
    const { namespace, packageName } = actionPathOf(action);
    if (packageName !== undefined) await readPackage(entities)(identity, namespace, packageName);
    else if (!owns(identity, namespace)) refused.push(referenceId(action));
  }
  if (trigger !== undefined && !owns(identity, trigger.path.split("/")[0] ?? "")) refused.push(referenceId(trigger));
  if (refused.length > 0) throw forbidden(...[...new Set(refused)].sort());
}

/** Checks that what a rule is to tie together exists, the trigger first. @throws BadRequest */
export async function requireExistence(entities: EntityStore, { trigger, action }: RuleReferences): Promise<void> {
  const triggerId = referenceId(trigger);
  if (!isOfType(await readable(entities, triggerId), "trigger")) {
    throw new BadRequest(messages.ruleTriggerMissing(triggerId));
  }
  const id = await resolve(entities, action);
  if (id === undefined || !isOfType(await readable(entities, id), "action")) {
    throw new BadRequest(messages.ruleActionMissing(referenceId(action)));
  }
}

/** The id of an action's document, after its package's bindings; undefined where they lead nowhere. */
async function resolve(entities: EntityStore, { path, name }: EntityReference): Promise<string | undefined> {
  if (!path.includes("/")) return `${path}/${name}`;
  const seen = new Set<string>();
  for (let packageId = path; !seen.has(packageId); ) {
    seen.add(packageId);
    const stored = await readable(entities, packageId);
    if (!isOfType(stored, "package")) return undefined;
    const { binding } = stored.entity;
    if (binding === undefined) return `${packageId}/${name}`;
    packageId = `${binding.namespace}/${binding.name}`;
  }
  return undefined;
}

/** @throws BadRequest when the document cannot be read: the rule is refused, the server is fine. */
async function readable(entities: EntityStore, id: string): Promise<StoredEntity | undefined> {
  try {
    return await entities.get(id);
  } catch (error) {
    const corrupted = error instanceof InternalError && error.message === messages.corrupted;
    throw corrupted ? new BadRequest(messages.corrupted, { cause: error }) : error;
  }
}
