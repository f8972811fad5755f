import { anAction, memoryEntityStore } from "@meringue/testkit";
import { expect, test } from "vitest";
import { localChangeFeed } from "../ports/change-feed.ts";
import { entityCache } from "./entity-cache.ts";

test("an entity cache forgets all it holds when changes may have gone unheard", async () => {
  const store = memoryEntityStore();
  const changes = localChangeFeed();
  const cache = entityCache(store, changes);
  const first = await store.put(anAction(), undefined, "none");
  await cache.get(first.id);
  const second = await store.put(anAction({ publish: true }), first.rev, "none");
  expect(cache.get(first.id)).toMatchObject({ rev: first.rev });

  changes.publish({ kind: "everything" });
  expect(await cache.get(first.id)).toMatchObject({ rev: second.rev });
});

test("a load that began before changes may have gone unheard is not remembered", async () => {
  const store = memoryEntityStore();
  const changes = localChangeFeed();
  const cache = entityCache(store, changes);
  const { id } = await store.put(anAction(), undefined, "none");
  const loading = cache.get(id);
  changes.publish({ kind: "everything" });
  await loading;
  expect(cache.get(id)).toBeInstanceOf(Promise);
});
