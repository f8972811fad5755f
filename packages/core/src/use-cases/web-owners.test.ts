import { aNamespaceKey, aSubject, memorySubjectStore } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import type { EntityName } from "../domain/names.ts";
import { localChangeFeed } from "../ports/change-feed.ts";
import { namespaceOwners } from "./web-owners.ts";

const GUEST = "guest" as EntityName;

async function world(maxCached = 10) {
  const subjects = memorySubjectStore();
  const changes = localChangeFeed();
  const key = aNamespaceKey();
  const subject = aSubject({ subject: "owner", namespaces: [aNamespaceKey({ name: "more" as EntityName }), key] });
  await subjects.put(subject);
  const owners = namespaceOwners({ subjects, changes, maxCached });
  return { subjects, changes, key, subject, owners };
}

describe("the owners of namespaces", () => {
  test("are found with the namespace's own key and limits, at once the second time", async () => {
    const { subjects, owners, key } = await world();
    await subjects.putLimits("guest", { invocationsPerMinute: 1 });
    const first = await owners.find(GUEST);
    expect(first).toEqual({
      subject: "owner",
      namespace: { name: "guest", uuid: key.uuid },
      authKey: `${key.uuid}:${key.key}`,
      limits: { invocationsPerMinute: 1 },
    });
    expect(owners.find(GUEST)).toBe(first);
  });

  test("of a namespace that is nobody's are none, until somebody gets it", async () => {
    const { subjects, owners } = await world();
    const name = "late" as EntityName;
    expect(await owners.find(name)).toBeUndefined();
    await subjects.put(aSubject({ subject: "newcomer", namespaces: [aNamespaceKey({ name })] }));
    expect(await owners.find(name)).toMatchObject({ subject: "newcomer" });
  });

  test("are never those who are blocked: then the next one counts", async () => {
    const { subjects, changes, owners, subject } = await world();
    await subjects.put(aSubject({ subject: "second", namespaces: [aNamespaceKey()] }));
    expect(await owners.find(GUEST)).toMatchObject({ subject: "owner" });
    await subjects.put({ ...subject, blocked: true });
    changes.publish({ kind: "subject", subject: "owner" });
    expect(await owners.find(GUEST)).toMatchObject({ subject: "second" });
  });

  test("have new limits and new keys at once, and nobody else is asked for again", async () => {
    const { subjects, changes, owners, subject } = await world();
    const other = "other" as EntityName;
    await subjects.put(aSubject({ subject: "stays", namespaces: [aNamespaceKey({ name: other })] }));
    const kept = await owners.find(other);
    await owners.find(GUEST);
    await subjects.putLimits("guest", { maxPayloadSize: "1 B" });
    changes.publish({ kind: "limits", namespace: "guest" });
    expect(await owners.find(GUEST)).toMatchObject({ limits: { maxPayloadSize: "1 B" } });
    const fresh = aNamespaceKey();
    await subjects.put({ ...subject, namespaces: [fresh] });
    changes.publish({ kind: "subject", subject: "owner" });
    changes.publish({ kind: "entity", id: "guest/hello" });
    expect(await owners.find(GUEST)).toMatchObject({ namespace: { uuid: fresh.uuid } });
    expect(owners.find(other)).toBe(kept);
  });

  test("that were read before a change are not remembered after it", async () => {
    const { subjects, changes, owners } = await world();
    const { getLimits } = subjects;
    const reading = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    subjects.getLimits = async (namespace) => {
      reading.resolve();
      await go.promise;
      return getLimits(namespace);
    };
    const slow = owners.find(GUEST);
    await reading.promise;
    await subjects.delete("owner");
    changes.publish({ kind: "subject", subject: "owner" });
    go.resolve();
    await slow;
    expect(await owners.find(GUEST)).toBeUndefined();
  });

  test("are forgotten when there are too many, and nothing is heard after the end", async () => {
    const { subjects, changes, owners } = await world(1);
    await owners.find(GUEST);
    await owners.find("more" as EntityName);
    expect(owners.find(GUEST)).toBeInstanceOf(Promise);
    const last = await owners.find(GUEST);
    owners.close();
    await subjects.delete("owner");
    changes.publish({ kind: "subject", subject: "owner" });
    expect(owners.find(GUEST)).toBe(last);
  });
});
