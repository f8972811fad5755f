import { Conflict, type EntityName, type EntityStore, NotFound } from "@meringue/core";
import { describe, test } from "vitest";
import { anAction, aPackage, aRule, aTrigger } from "./entity-builders.ts";

const named = (name: string) => name as EntityName;
const page = { skip: 0, limit: 30 };
const bytes = (text: string) => new TextEncoder().encode(text);

/** The contract of {@link EntityStore}: each adapter's test file calls this with its own maker of empty stores. */
export function entityStoreContract(name: string, make: () => Promise<EntityStore>): void {
  describe(`${name} as an entity store`, () => {
    documentsContract(make);
    codeContract(make);
    listingContract(make);
    countingContract(make);
  });
}

function documentsContract(make: () => Promise<EntityStore>): void {
  test("what was put can be got, whatever its type", async ({ expect }) => {
    const store = await make();
    for (const entity of [anAction(), aPackage(), aTrigger(), aRule()]) {
      const stored = await store.put(entity, undefined, "none");
      expect(stored).toEqual({ id: `guest/${entity.name}`, rev: stored.rev, entity });
      expect(await store.get(stored.id)).toEqual(stored);
    }
  });

  test("what was never put, or was deleted, is undefined", async ({ expect }) => {
    const store = await make();
    const { id, rev } = await store.put(anAction(), undefined, "none");
    await store.delete(id, rev);

    expect(await store.get(id)).toBeUndefined();
    expect(await store.get("guest/never")).toBeUndefined();
  });

  test("a write with a stale revision is refused and changes nothing", async ({ expect }) => {
    const store = await make();
    const first = await store.put(anAction({ version: "0.0.1" }), undefined, "none");
    await store.put(anAction({ version: "0.0.2" }), first.rev, "none");

    await expect(store.put(anAction({ version: "0.0.3" }), first.rev, "none")).rejects.toThrow(Conflict);
    expect((await store.get(first.id))?.entity.version).toBe("0.0.2");
  });

  test("creating what exists is refused, even as another type", async ({ expect }) => {
    const store = await make();
    await store.put(anAction(), undefined, "none");

    await expect(store.put(anAction(), undefined, "none")).rejects.toThrow(Conflict);
    await expect(store.put(aPackage({ name: named("hello") }), undefined, "none")).rejects.toThrow(Conflict);
  });

  test("replacing what is not there is refused", async ({ expect }) => {
    const store = await make();

    await expect(store.put(anAction(), "1", "none")).rejects.toThrow(Conflict);
  });

  test("of writers that meet on one revision exactly one wins, and their neighbours never notice", async ({
    expect,
  }) => {
    const store = await make();
    const { rev } = await store.put(anAction(), undefined, "none");
    const rivals = Array.from({ length: 10 }, (_, i) => store.put(anAction({ version: `1.0.${i}` }), rev, "none"));
    const neighbours = Array.from({ length: 10 }, (_, i) =>
      store.put(anAction({ name: named(`neighbour${i}`) }), undefined, "none"),
    );

    const outcomes = await Promise.allSettled(rivals);
    await Promise.all(neighbours);

    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect(await store.count({ type: "action", path: "guest" })).toBe(11);
  });

  test("a deletion wants the current revision, and something to delete", async ({ expect }) => {
    const store = await make();
    const first = await store.put(anAction(), undefined, "none");
    await store.put(anAction(), first.rev, "none");

    await expect(store.delete(first.id, first.rev)).rejects.toThrow(Conflict);
    await expect(store.delete("guest/never", first.rev)).rejects.toThrow(NotFound);
  });

  test("no revision ever comes back, not even after a deletion", async ({ expect }) => {
    const store = await make();
    const first = await store.put(anAction(), undefined, "none");
    const second = await store.put(anAction(), first.rev, "none");
    await store.delete(second.id, second.rev);
    const third = await store.put(anAction(), undefined, "none");

    expect(new Set([first.rev, second.rev, third.rev]).size).toBe(3);
  });

  test("what a caller does to its own object later does not reach the store", async ({ expect }) => {
    const store = await make();
    const parameters = [{ key: "a", value: [1] }];
    const { id } = await store.put(anAction({ parameters }), undefined, "none");
    parameters[0]?.value.push(2);

    expect((await store.get(id))?.entity).toEqual(anAction({ parameters: [{ key: "a", value: [1] }] }));
  });

  test("any text survives: quotes, NULs, other scripts", async ({ expect }) => {
    const store = await make();
    const value = `"'\\ \u0000 \u2028 Ünï 漢字 😀`;
    const action = anAction({ annotations: [{ key: value, value }], parameters: [{ key: "n", value: null }] });

    const { id } = await store.put(action, undefined, "none");

    expect((await store.get(id))?.entity).toEqual(action);
  });
}

function codeContract(make: () => Promise<EntityStore>): void {
  test("code comes back byte by byte, for the current revision only", async ({ expect }) => {
    const store = await make();
    const code = Uint8Array.from({ length: 100_000 }, (_, i) => i % 256);
    const first = await store.put(anAction(), undefined, { bytes: code });
    expect(await store.getCode(first.id, first.rev)).toEqual(code);

    const second = await store.put(anAction(), first.rev, { bytes: bytes("two") });

    expect(await store.getCode(first.id, first.rev)).toBeUndefined();
    expect(await store.getCode(second.id, second.rev)).toEqual(bytes("two"));
  });

  test("code may be empty, which is not the same as none", async ({ expect }) => {
    const store = await make();
    const first = await store.put(anAction(), undefined, { bytes: new Uint8Array() });
    expect(await store.getCode(first.id, first.rev)).toEqual(new Uint8Array());

    const second = await store.put(anAction(), first.rev, "none");
    expect(await store.getCode(second.id, second.rev)).toBeUndefined();
  });

  test("code is kept when a write says so", async ({ expect }) => {
    const store = await make();
    const first = await store.put(anAction(), undefined, { bytes: bytes("one") });
    const second = await store.put(anAction({ version: "0.0.2" }), first.rev, "keep");

    expect(await store.getCode(second.id, second.rev)).toEqual(bytes("one"));
  });

  test("no reader ever misses the code, or has that of another revision, while it is replaced", async ({ expect }) => {
    const store = await make();
    const version = (i: number) => `0.0.${i}`;
    const code = (i: number) => ({ bytes: new Uint8Array(50_000).fill(i) });
    let { id, rev } = await store.put(anAction({ version: version(0) }), undefined, code(0));
    const seen = new Set<string>();
    let writing = true;
    async function read(): Promise<void> {
      while (writing) {
        const found = await store.get(id);
        const bytes = await store.getCode(id, found?.rev ?? "");
        if (found === undefined) throw new Error("The action is gone.");
        if (bytes === undefined) expect((await store.get(id))?.rev).not.toBe(found.rev);
        else expect([version(bytes[0] ?? -1), bytes.length]).toEqual([found.entity.version, 50_000]);
        seen.add(found.entity.version);
      }
    }
    const readers = [read(), read()];
    for (let i = 1; i <= 10; i++) {
      ({ id, rev } = await store.put(anAction({ version: version(i) }), rev, code(i)));
      await store.get(id);
    }
    writing = false;
    await Promise.all(readers);

    expect(seen.size).toBeGreaterThan(2);
  });

  test("a refused write leaves the code alone", async ({ expect }) => {
    const store = await make();
    const first = await store.put(anAction(), undefined, { bytes: bytes("one") });

    await expect(store.put(anAction(), "stale", { bytes: bytes("two") })).rejects.toThrow(Conflict);
    expect(await store.getCode(first.id, first.rev)).toEqual(bytes("one"));
  });

  test("one of two actions with the same code can go without the other losing it", async ({ expect }) => {
    const store = await make();
    const one = await store.put(anAction({ name: named("one") }), undefined, { bytes: bytes("same") });
    const two = await store.put(anAction({ name: named("two") }), undefined, { bytes: bytes("same") });
    await store.delete(one.id, one.rev);

    expect(await store.getCode(two.id, two.rev)).toEqual(bytes("same"));
    expect(await store.getCode(one.id, one.rev)).toBeUndefined();
  });
}

function listingContract(make: () => Promise<EntityStore>): void {
  test("a listing has the newest first, of two with one time the one that was written later", async ({ expect }) => {
    const store = await make();
    await store.put(anAction({ name: named("b"), updated: 20 }), undefined, "none");
    await store.put(anAction({ name: named("a"), updated: 30 }), undefined, "none");
    await store.put(anAction({ name: named("c"), updated: 10 }), undefined, "none");
    await store.put(anAction({ name: named("d"), updated: 20 }), undefined, "none");

    const listed = await store.list({ type: "action", path: "guest" }, page);

    expect(listed.map((entity) => entity.name)).toEqual(["a", "d", "b", "c"]);
    expect(listed[3]).toEqual(anAction({ name: named("c"), updated: 10 }));
  });

  test("pages follow each other without gap or overlap", async ({ expect }) => {
    const store = await make();
    for (let i = 0; i < 7; i++) await store.put(anAction({ name: named(`a${i}`), updated: 5 }), undefined, "none");
    const query = { type: "action", path: "guest" } as const;
    const pages = [
      await store.list(query, { skip: 0, limit: 3 }),
      await store.list(query, { skip: 3, limit: 3 }),
      await store.list(query, { skip: 6, limit: 3 }),
      await store.list(query, { skip: 9, limit: 3 }),
      await store.list(query, { skip: 0, limit: 0 }),
    ];

    expect(pages.map((each) => each.length)).toEqual([3, 3, 1, 0, 0]);
    expect(pages.flat().map((entity) => entity.name)).toEqual(["a6", "a5", "a4", "a3", "a2", "a1", "a0"]);
  });

  test("a namespace's listing has packaged actions too, a package's only its own", async ({ expect }) => {
    const store = await make();
    await store.put(anAction({ name: named("plain"), updated: 1 }), undefined, "none");
    await store.put(anAction({ name: named("packed"), namespace: "guest/pkg", updated: 2 }), undefined, "none");
    await store.put(anAction({ name: named("other"), namespace: "guest/pkg2", updated: 3 }), undefined, "none");
    await store.put(anAction({ name: named("foreign"), namespace: "guests", updated: 4 }), undefined, "none");
    const names = async (path: string) =>
      (await store.list({ type: "action", path }, page)).map((entity) => entity.name);

    expect(await names("guest")).toEqual(["other", "packed", "plain"]);
    expect(await names("guest/pkg")).toEqual(["packed"]);
    expect(await names("nobody")).toEqual([]);
  });

  test("a listing has one type only", async ({ expect }) => {
    const store = await make();
    for (const entity of [anAction(), aPackage(), aTrigger(), aRule()]) await store.put(entity, undefined, "none");
    for (const type of ["action", "package", "trigger", "rule"] as const) {
      const listed = await store.list({ type, path: "guest" }, page);
      expect(listed.map((entity) => entity.entityType)).toEqual([type]);
    }
  });

  test("others see published packages only, and no bindings", async ({ expect }) => {
    const store = await make();
    const binding = { namespace: named("whisk.system"), name: named("utils") };
    await store.put(aPackage({ name: named("private") }), undefined, "none");
    await store.put(aPackage({ name: named("bound"), publish: true, binding }), undefined, "none");
    await store.put(aPackage({ name: named("public"), publish: true }), undefined, "none");
    const query = { type: "package", path: "guest", publicOnly: true } as const;

    expect((await store.list(query, page)).map((entity) => entity.name)).toEqual(["public"]);
    expect(await store.count(query)).toBe(1);
    expect(await store.count({ type: "package", path: "guest" })).toBe(3);
  });

  test("a write moves an entity to where its new time belongs", async ({ expect }) => {
    const store = await make();
    const first = await store.put(anAction({ name: named("a"), updated: 1 }), undefined, "none");
    await store.put(anAction({ name: named("b"), updated: 2 }), undefined, "none");
    await store.put(anAction({ name: named("a"), updated: 3 }), first.rev, "none");

    const listed = await store.list({ type: "action", path: "guest" }, page);
    expect(listed.map((entity) => entity.name)).toEqual(["a", "b"]);
  });
}

function countingContract(make: () => Promise<EntityStore>): void {
  test("a count is of what a listing would have, on all its pages", async ({ expect }) => {
    const store = await make();
    const { id, rev } = await store.put(anAction(), undefined, "none");
    await store.put(anAction({ namespace: "guest/pkg" }), undefined, "none");
    await store.put(aTrigger(), undefined, "none");
    expect(await store.count({ type: "action", path: "guest" })).toBe(2);
    expect(await store.count({ type: "action", path: "guest/pkg" })).toBe(1);

    await store.delete(id, rev);

    expect(await store.count({ type: "action", path: "guest" })).toBe(1);
    expect(await store.count({ type: "rule", path: "guest" })).toBe(0);
  });
}
