import { aTrigger, memoryEntityStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import type { Trigger } from "../domain/entity.ts";
import { Conflict } from "../domain/errors.ts";
import { linkRule } from "../domain/trigger.ts";
import { localChangeFeed } from "../ports/change-feed.ts";
import type { StoredEntity } from "../ports/entity-store.ts";
import { triggerWrites } from "./trigger-writes.ts";

const action = { path: "guest", name: "hello" };

async function world() {
  const entities = memoryEntityStore();
  const changes = localChangeFeed();
  const changed: string[] = [];
  changes.subscribe((change) => change.kind === "entity" && changed.push(change.id));
  await entities.put(aTrigger(), undefined, "none");
  return { entities, changed, writes: triggerWrites(entities, changes), elsewhere: triggerWrites(entities, changes) };
}

describe("what a trigger says of its rules", () => {
  test("is written once for every change, and told to the caches", async ({ expect }) => {
    const { entities, changed, writes } = await world();
    const after = await writes.change("guest/tick", (trigger) => linkRule(trigger, "guest/r", action, "active"));
    expect(after?.rules).toEqual({ "guest/r": { action, status: "active" } });
    expect((await entities.get("guest/tick"))?.entity).toEqual(after);
    expect(changed).toEqual(["guest/tick"]);
  });

  test("is not written when nothing changes, or when there is no such trigger", async ({ expect }) => {
    const { entities, changed, writes } = await world();
    const before = await entities.get("guest/tick");
    await writes.change("guest/tick", (trigger) => trigger);
    expect(await writes.change("guest/none", (trigger) => ({ ...trigger }))).toBeUndefined();
    expect(await entities.get("guest/tick")).toEqual(before);
    expect(changed).toEqual([]);
  });

  test("survives writers in two processes at once", async ({ expect }) => {
    const { entities, writes, elsewhere } = await world();
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? writes : elsewhere).change("guest/tick", (trigger) =>
          linkRule(trigger, `guest/r${index}`, action, "active"),
        ),
      ),
    );
    const { entity } = (await entities.get("guest/tick")) as StoredEntity<Trigger>;
    expect(Object.keys(entity.rules ?? {})).toHaveLength(40);
  });

  test("is given up when others are faster again and again", async ({ expect }) => {
    const { entities, writes } = await world();
    let tries = 0;
    Object.assign(entities, {
      put: async () => {
        tries++;
        throw new Conflict();
      },
    });
    const change = writes.change("guest/tick", (trigger) => ({ ...trigger }));
    await expect(change).rejects.toThrow(Conflict);
    expect(tries).toBe(5);
  });
});
