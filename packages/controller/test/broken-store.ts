import { actionCatalogue, type EntityStore, InternalError, localChangeFeed, messages } from "@meringue/core";
import { memoryEntityStore } from "@meringue/testkit";
import type { AppDependencies } from "../src/index.ts";

/** An API over a store in which the documents with these ids cannot be read. */
export function brokenStore(...ids: readonly string[]): Pick<AppDependencies, "entities" | "catalogue" | "changes"> {
  const sound = memoryEntityStore();
  const changes = localChangeFeed();
  const entities: EntityStore = {
    ...sound,
    get: async (id) => {
      if (ids.includes(id)) throw new InternalError(messages.corrupted);
      return sound.get(id);
    },
  };
  return { entities, changes, catalogue: actionCatalogue(entities, changes) };
}
