import { anAction, memoryEntityStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import { actionFinder } from "./action-finder.ts";

async function world() {
  const store = memoryEntityStore();
  let reads = 0;
  const find = actionFinder({
    get: (id) => {
      reads++;
      return store.get(id);
    },
  });
  const { id, rev, entity } = await store.put(anAction(), undefined, "none");
  const named = (revision: string | undefined, binding?: string) =>
    find({ id, version: undefined, rev: revision, ...(binding === undefined ? {} : { binding }) });
  return { store, id, rev, entity, named, reads: () => reads };
}

describe("the action that an activation names", () => {
  test("is read once for each revision, and is the same object then", async ({ expect }) => {
    const { named, rev, id, entity, reads } = await world();
    const first = await named(rev);
    expect(first).toEqual({ id, rev, action: entity });
    expect(await named(rev)).toBe(first);
    expect(reads()).toBe(1);
  });

  test("is another one through a binding", async ({ expect }) => {
    const { named, rev } = await world();
    expect(await named(rev, "guest/bound")).toMatchObject({ binding: "guest/bound" });
    expect(await named(rev)).not.toHaveProperty("binding");
  });

  test("is read from the store when no revision is named", async ({ expect }) => {
    const { named, rev, reads } = await world();
    await named(rev);
    expect(await named(undefined)).toMatchObject({ rev });
    expect(reads()).toBe(2);
  });

  test("is the one that is there now when it was written anew", async ({ expect }) => {
    const { store, named, rev, entity } = await world();
    const { rev: newer } = await store.put({ ...entity, version: "0.0.2" }, rev, "none");
    expect(await named(rev)).toMatchObject({ rev: newer, action: { version: "0.0.2" } });
  });

  test("is nothing when it is gone, or of another type", async ({ expect }) => {
    const { store, id, named, rev } = await world();
    await store.delete(id, rev);
    expect(await named(rev)).toBeUndefined();
  });
});
