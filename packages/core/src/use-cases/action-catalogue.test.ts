import { anAction, aPackage, memoryEntityStore } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import { Conflict, NotFound } from "../domain/errors.ts";
import type { EntityName } from "../domain/names.ts";
import { localChangeFeed } from "../ports/change-feed.ts";
import { actionCatalogue } from "./action-catalogue.ts";

const guest = "guest" as EntityName;
const hello = "hello" as EntityName;

function world(options?: Parameters<typeof actionCatalogue>[2]) {
  const entities = memoryEntityStore();
  const changes = localChangeFeed();
  const reads: string[] = [];
  const { get } = entities;
  entities.get = (id) => {
    reads.push(id);
    return get(id);
  };
  return { entities, changes, reads, get, catalogue: actionCatalogue(entities, changes, options) };
}

describe("the catalogue", () => {
  test("loads an action once for all who ask at a time, and has it at once afterwards", async () => {
    const { entities, reads, catalogue } = world();
    await entities.put(anAction(), undefined, "none");
    const found = await Promise.all([1, 2, 3].map(async () => catalogue.find(guest, undefined, hello)));
    expect(reads).toEqual(["guest/hello"]);
    expect(catalogue.find(guest, undefined, hello)).toBe(found[0]);
  });

  test("forgets an action that was changed", async () => {
    const { entities, changes, catalogue } = world();
    const { rev } = await entities.put(anAction(), undefined, "none");
    await catalogue.find(guest, undefined, hello);
    await entities.put(anAction({ version: "0.0.2" }), rev, "none");
    changes.publish({ kind: "entity", id: "guest/hello" });
    expect((await catalogue.find(guest, undefined, hello)).executable.action.version).toBe("0.0.2");
  });

  test("does not keep what it read before a change that came while it was reading", async () => {
    const { entities, changes, get, catalogue } = world();
    const { rev } = await entities.put(anAction(), undefined, "none");
    const go = Promise.withResolvers<void>();
    entities.get = async (id) => {
      const before = await get(id);
      await go.promise;
      return before;
    };
    const slow = catalogue.find(guest, undefined, hello);
    await entities.put(anAction({ version: "0.0.2" }), rev, "none");
    changes.publish({ kind: "entity", id: "guest/hello" });
    go.resolve();
    await slow;
    entities.get = get;
    expect((await catalogue.find(guest, undefined, hello)).executable.action.version).toBe("0.0.2");
  });

  test("prepares a packaged action anew when its package changes", async () => {
    const { entities, changes, catalogue } = world();
    const identity = { subject: "guest", namespace: { name: guest, uuid: "" }, authKey: "", limits: {} };
    const pkg = await entities.put(
      aPackage({ name: "p" as EntityName, parameters: [{ key: "a", value: 1 }] }),
      undefined,
      "none",
    );
    await entities.put(
      anAction({ namespace: "guest/p", parameters: [{ key: "b", value: 1, init: true }] }),
      undefined,
      "none",
    );
    const find = async () => catalogue.find(guest, await catalogue.readPackage(identity, "guest", "p"), hello);
    const first = await find();
    expect(first).toMatchObject({
      parameters: [
        { key: "a", value: 1 },
        { key: "b", value: 1 },
      ],
      initArgs: ["b"],
    });
    expect(await find()).toBe(first);
    await entities.put({ ...pkg.entity, parameters: [{ key: "a", value: 2 }] }, pkg.rev, "none");
    changes.publish({ kind: "entity", id: "guest/p" });
    expect((await find()).parameters[0]).toEqual({ key: "a", value: 2 });
  });

  test("complains of what is missing, and of what is no action", async () => {
    const { entities, catalogue } = world();
    await entities.put(aPackage({ name: "p" as EntityName }), undefined, "none");
    await expect(catalogue.find(guest, undefined, hello)).rejects.toThrow(NotFound);
    await expect(catalogue.find(guest, undefined, "p" as EntityName)).rejects.toThrow(Conflict);
  });

  test("keeps no failure", async () => {
    const { entities, get, catalogue } = world();
    await entities.put(anAction(), undefined, "none");
    entities.get = () => Promise.reject(new Error("down"));
    await expect(catalogue.find(guest, undefined, hello)).rejects.toThrow("down");
    entities.get = get;
    await expect(catalogue.find(guest, undefined, hello)).resolves.toBeDefined();
  });

  test("keeps no more than it may, by count and by bytes", async () => {
    for (const options of [{ maxEntries: 2 }, { maxBytes: 2 * JSON.stringify(anAction()).length + 10 }]) {
      const { entities, reads, catalogue } = world(options);
      const names = ["a", "b", "c"].map((name) => name as EntityName);
      for (const name of names) await entities.put(anAction({ name }), undefined, "none");
      for (const name of names) await catalogue.find(guest, undefined, name);
      await catalogue.find(guest, undefined, "c" as EntityName);
      expect(reads).toHaveLength(3);
      await catalogue.find(guest, undefined, "a" as EntityName);
      expect(reads).toHaveLength(4);
    }
  });
});
