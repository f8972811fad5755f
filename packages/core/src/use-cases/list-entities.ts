import type { Entity, EntityType, Rule } from "../domain/entity.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import type { EntityName } from "../domain/names.ts";
import { encodePackageSummary } from "../domain/package.ts";
import { encodeRule } from "../domain/rule.ts";
import { encodeTriggerSummary } from "../domain/trigger.ts";
import type { EntityQuery, EntityStore, Page } from "../ports/entity-store.ts";
import { owns, requireOwner } from "./entitlement.ts";

/** The entities of one type, in two steps: first what the caller may see, then which part of it. */
export interface ListEntities {
  /** @throws Forbidden */
  authorize(identity: Identity, namespace: EntityName): EntityQuery;
  /** Summaries, newest first. */
  list(query: EntityQuery, page: Page): Promise<JsonObject[]>;
  count(query: EntityQuery): Promise<number>;
}

/** Packages: all of one's own; of anybody else's, those that are shared and no bindings. */
export function listPackages(entities: EntityStore): ListEntities {
  return listing(entities, encodePackageSummary, (identity, namespace) =>
    owns(identity, namespace)
      ? { type: "package", path: namespace }
      : { type: "package", path: namespace, publicOnly: true },
  );
}

/** Triggers of one's own. */
export function listTriggers(entities: EntityStore): ListEntities {
  return listing(entities, encodeTriggerSummary, ownOnly("trigger"));
}

/** Rules of one's own, whole but for their status. */
export function listRules(entities: EntityStore): ListEntities {
  return listing(entities, (rule: Rule) => encodeRule(rule), ownOnly("rule"));
}

function ownOnly(type: EntityType): ListEntities["authorize"] {
  return (identity, namespace) => {
    requireOwner(identity, namespace, namespace);
    return { type, path: namespace };
  };
}

type OfType<T extends EntityType> = Extract<Entity, { readonly entityType: T }>;

function listing<T extends EntityType>(
  entities: EntityStore,
  encode: (entity: OfType<T>) => JsonObject,
  authorize: ListEntities["authorize"],
): ListEntities {
  return {
    authorize,
    async list(query, page) {
      const found = await entities.list(query, page);
      return found.map((entity) => encode(entity as OfType<T>));
    },
    count: (query) => entities.count(query),
  };
}
