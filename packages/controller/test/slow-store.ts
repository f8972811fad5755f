import { setImmediate as nextTurn } from "node:timers/promises";
import { actionCatalogue, type EntityStore, localChangeFeed } from "@meringue/core";
import { memoryEntityStore } from "@meringue/testkit";
import type { AppDependencies } from "../src/index.ts";

/** An API over a store that takes its time, as one on disk does: calls that come together really meet. */
export function slowStore(): Pick<AppDependencies, "entities" | "catalogue" | "changes"> {
  const quick = memoryEntityStore();
  const changes = localChangeFeed();
  const entities: EntityStore = {
    ...quick,
    async get(id) {
      const stored = await quick.get(id);
      await nextTurn();
      return stored;
    },
    async put(entity, rev, code) {
      await nextTurn();
      return quick.put(entity, rev, code);
    },
  };
  return { entities, changes, catalogue: actionCatalogue(entities, changes) };
}
