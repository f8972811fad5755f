import { Conflict, type EntityName, type SubjectStore } from "@meringue/core";
import { describe, test } from "vitest";
import { aNamespaceKey, aSubject } from "./identity-builders.ts";

const named = (name: string) => name as EntityName;

/** The contract of {@link SubjectStore}: each adapter's test file calls this with its own maker of empty stores. */
export function subjectStoreContract(name: string, make: () => Promise<SubjectStore>): void {
  describe(`${name} as a subject store`, () => {
    accountsContract(make);
    keysContract(make);
    limitsContract(make);
  });
}

function accountsContract(make: () => Promise<SubjectStore>): void {
  test("a subject comes back with its keys, in their order", async ({ expect }) => {
    const store = await make();
    const namespaces = ["zeta", "alpha", "mid"].map((each) => aNamespaceKey({ name: named(each) }));
    const subject = aSubject({ subject: "someone", namespaces });
    await store.put(subject);

    expect(await store.get("someone")).toEqual(subject);
    expect(await store.get("nobody")).toBeUndefined();
  });

  test("a put replaces all that was there", async ({ expect }) => {
    const store = await make();
    await store.put(aSubject({ namespaces: [aNamespaceKey(), aNamespaceKey({ name: named("second") })] }));
    const changed = aSubject({ blocked: true, namespaces: [aNamespaceKey({ name: named("third") })] });
    await store.put(changed);

    expect(await store.get("guest")).toEqual(changed);
  });

  test("a subject may have no namespace at all", async ({ expect }) => {
    const store = await make();
    await store.put(aSubject({ namespaces: [] }));

    expect(await store.get("guest")).toEqual(aSubject({ namespaces: [] }));
  });

  test("a namespace's uuid cannot belong to two subjects", async ({ expect }) => {
    const store = await make();
    const first = aSubject({ subject: "first" });
    await store.put(first);
    const [key] = first.namespaces;
    const thief = aSubject({ subject: "thief", namespaces: [aNamespaceKey({ uuid: key?.uuid ?? "", key: "k" })] });

    await expect(store.put(thief)).rejects.toThrow(Conflict);
    expect(await store.get("thief")).toBeUndefined();
    expect(await store.get("first")).toEqual(first);
  });

  test("two namespaces of one subject cannot share a uuid either", async ({ expect }) => {
    const store = await make();
    const before = aSubject();
    await store.put(before);
    const key = aNamespaceKey();

    const twice = aSubject({ namespaces: [key, { ...key, name: named("other") }] });
    await expect(store.put(twice)).rejects.toThrow(Conflict);
    expect(await store.get("guest")).toEqual(before);
  });

  test("a deletion says whether there was one, and frees its uuids", async ({ expect }) => {
    const store = await make();
    const subject = aSubject();
    await store.put(subject);

    expect(await store.delete("guest")).toBe(true);
    expect(await store.delete("guest")).toBe(false);
    await store.put({ ...subject, subject: "other" });
    expect((await store.get("other"))?.namespaces).toEqual(subject.namespaces);
  });

  test("a namespace lists every subject that has a key for it, but blocked ones", async ({ expect }) => {
    const store = await make();
    const shared = () => aNamespaceKey({ name: named("shared") });
    const one = aSubject({ subject: "one-a", namespaces: [aNamespaceKey(), shared()] });
    const two = aSubject({ subject: "two-b", namespaces: [shared()] });
    await store.put(two);
    await store.put(one);
    await store.put(aSubject({ subject: "blocked", namespaces: [shared()], blocked: true }));
    await store.put(aSubject({ subject: "elsewhere" }));

    const listed = await store.listByNamespace("shared");

    expect(listed).toHaveLength(2);
    expect(listed).toEqual(expect.arrayContaining([one, two]));
    expect(await store.listByNamespace("nowhere")).toEqual([]);
  });
}

function keysContract(make: () => Promise<SubjectStore>): void {
  test("a key pair finds its owner and the one namespace it is for", async ({ expect }) => {
    const store = await make();
    const second = aNamespaceKey({ name: named("second") });
    const subject = aSubject({ namespaces: [aNamespaceKey(), second] });
    await store.put(subject);
    await store.put(aSubject({ subject: "other" }));

    expect(await store.findByKey(second.uuid, second.key)).toEqual({ subject, namespace: "second" });
  });

  test("a pair is unknown when its uuid, its key or both are wrong, or belong to two pairs", async ({ expect }) => {
    const store = await make();
    const [a, b] = [aNamespaceKey(), aNamespaceKey({ name: named("second") })];
    await store.put(aSubject({ namespaces: [a, b] }));

    for (const [uuid, key] of [
      [a.uuid, b.key],
      [b.uuid, a.key],
      [a.uuid, ""],
      [a.uuid, a.key.slice(1)],
      [a.uuid, `${a.key}x`],
      ["", a.key],
      ["nobody", "nothing"],
      [`${a.uuid}:${a.key.slice(0, 5)}`, a.key.slice(6)],
    ] as const) {
      expect(await store.findByKey(uuid, key)).toBeUndefined();
    }
  });

  test("a blocked subject's keys are unknown until it is unblocked", async ({ expect }) => {
    const store = await make();
    const subject = aSubject();
    const [key] = subject.namespaces;
    const find = () => store.findByKey(key?.uuid ?? "", key?.key ?? "");
    await store.put({ ...subject, blocked: true });
    expect(await find()).toBeUndefined();

    await store.put(subject);
    expect(await find()).toEqual({ subject, namespace: "guest" });
  });

  test("a key that was replaced or deleted stops working at once", async ({ expect }) => {
    const store = await make();
    const old = aNamespaceKey();
    await store.put(aSubject({ namespaces: [old] }));
    const fresh = { ...old, key: "f".repeat(64) };
    await store.put(aSubject({ namespaces: [fresh] }));

    expect(await store.findByKey(old.uuid, old.key)).toBeUndefined();
    expect((await store.findByKey(fresh.uuid, fresh.key))?.namespace).toBe("guest");

    await store.delete("guest");
    expect(await store.findByKey(fresh.uuid, fresh.key)).toBeUndefined();
  });
}

function limitsContract(make: () => Promise<SubjectStore>): void {
  test("a namespace's limits come back as they were put, until they are deleted", async ({ expect }) => {
    const store = await make();
    const limits = { invocationsPerMinute: 0, allowedKinds: ["nodejs:24"], storeActivations: false };
    expect(await store.getLimits("guest")).toBeUndefined();

    await store.putLimits("guest", { firesPerMinute: 1 });
    await store.putLimits("guest", limits);
    expect(await store.getLimits("guest")).toEqual(limits);
    expect(await store.getLimits("other")).toBeUndefined();

    expect(await store.deleteLimits("guest")).toBe(true);
    expect(await store.deleteLimits("guest")).toBe(false);
    expect(await store.getLimits("guest")).toBeUndefined();
  });

  test("limits do not need a subject, and stay when it goes", async ({ expect }) => {
    const store = await make();
    await store.put(aSubject());
    await store.putLimits("guest", { firesPerMinute: 5 });
    await store.delete("guest");

    expect(await store.getLimits("guest")).toEqual({ firesPerMinute: 5 });
  });
}
