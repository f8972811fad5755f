import { encodeActionSummary } from "../domain/action.ts";
import type { Action } from "../domain/entity.ts";
import type { Identity } from "../domain/identity.ts";
import type { JsonObject } from "../domain/json.ts";
import type { EntityName } from "../domain/names.ts";
import type { EntityQuery, EntityStore, Page } from "../ports/entity-store.ts";
import type { ActionCatalogue } from "./action-catalogue.ts";
import { requireOwner } from "./entitlement.ts";

/** Which actions: of a namespace, or of one package in it. */
export interface ActionListing {
  readonly identity: Identity;
  readonly namespace: EntityName;
  readonly packageName?: EntityName;
}

/** Actions in two steps: first who may see them, then which. */
export interface ListActions {
  /**
   * @returns what to list: for a binding, the provider's package.
   * @throws Forbidden, and for packages what {@link ActionCatalogue.readPackage} throws.
   */
  authorize(listing: ActionListing): Promise<EntityQuery>;
  /** Summaries, newest first. */
  list(query: EntityQuery, page: Page): Promise<JsonObject[]>;
  count(query: EntityQuery): Promise<number>;
}

/** Makes {@link ListActions}. */
export function listActions(entities: EntityStore, catalogue: ActionCatalogue): ListActions {
  return {
    async authorize({ identity, namespace, packageName }) {
      if (packageName !== undefined) {
        const { provider } = await catalogue.readPackage(identity, namespace, packageName);
        return { type: "action", path: provider.id };
      }
      requireOwner(identity, namespace, namespace);
      return { type: "action", path: namespace };
    },
    async list(query, page) {
      const found = await entities.list(query, page);
      return found.map((entity) => encodeActionSummary(entity as Action));
    },
    count: (query) => entities.count(query),
  };
}
