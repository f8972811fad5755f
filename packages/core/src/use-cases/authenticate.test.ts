import { aNamespaceKey, aSubject, memorySubjectStore } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import { Unauthorized } from "../domain/errors.ts";
import type { NamespaceKey, Subject } from "../domain/identity.ts";
import { localChangeFeed } from "../ports/change-feed.ts";
import { authenticator, type Caller, parseBasic } from "./authenticate.ts";

const PUBLIC: Caller = { via: "public" };
const header = ({ uuid, key }: NamespaceKey): string => `Basic ${Buffer.from(`${uuid}:${key}`).toString("base64")}`;

async function world({ wellKnown = false, allowed = true } = {}) {
  const subjects = memorySubjectStore();
  const changes = localChangeFeed();
  const key = aNamespaceKey();
  const subject: Subject = aSubject({ namespaces: [key] });
  await subjects.put(subject);
  const wellKnownUuids = new Set(wellKnown ? [key.uuid] : []);
  const auth = authenticator({ subjects, changes, wellKnownUuids, wellKnownAllowed: allowed });
  return { subjects, changes, key, subject, auth, authorization: header(key) };
}

describe("an authenticator", () => {
  test("knows who calls, and knows it at once the second time", async () => {
    const { auth, authorization, key } = await world();
    const first = await auth.authenticate(authorization, PUBLIC);
    expect(first).toEqual({
      subject: "guest",
      namespace: { name: "guest", uuid: key.uuid },
      authKey: `${key.uuid}:${key.key}`,
      limits: {},
    });
    expect(auth.authenticate(authorization, PUBLIC)).toBe(first);
  });

  test("lets a key count for its own namespace only, though its subject has others", async () => {
    const { auth, subjects, changes } = await world();
    const keys = [aNamespaceKey({ name: "one" as never }), aNamespaceKey({ name: "two" as never })];
    await subjects.put(aSubject({ subject: "owner", namespaces: keys }));
    changes.publish({ kind: "subject", subject: "owner" });
    for (const key of keys) {
      expect(await auth.authenticate(header(key), PUBLIC)).toMatchObject({ namespace: { name: key.name } });
    }
  });

  test("forgets a revoked key at once", async () => {
    const { auth, authorization, subjects, changes } = await world();
    await auth.authenticate(authorization, PUBLIC);
    await subjects.delete("guest");
    changes.publish({ kind: "subject", subject: "guest" });
    await expect(auth.authenticate(authorization, PUBLIC)).rejects.toThrow(Unauthorized);
  });

  test("forgets all keys when changes may have gone unheard", async () => {
    const { auth, authorization, subjects, changes } = await world();
    await auth.authenticate(authorization, PUBLIC);
    await subjects.delete("guest");
    changes.publish({ kind: "everything" });
    await expect(auth.authenticate(authorization, PUBLIC)).rejects.toThrow(Unauthorized);
  });

  test("sees new limits at once", async () => {
    const { auth, authorization, subjects, changes } = await world();
    await auth.authenticate(authorization, PUBLIC);
    await subjects.putLimits("guest", { invocationsPerMinute: 1 });
    changes.publish({ kind: "limits", namespace: "guest" });
    expect(await auth.authenticate(authorization, PUBLIC)).toMatchObject({ limits: { invocationsPerMinute: 1 } });
  });

  test("says of whom it named that a change came after it, and only of him", async () => {
    const { auth, authorization, subjects, changes } = await world();
    const key = aNamespaceKey({ name: "else" as never });
    await subjects.put(aSubject({ subject: "someone", namespaces: [key] }));
    const changed = await auth.authenticate(authorization, PUBLIC);
    const other = await auth.authenticate(header(key), PUBLIC);
    expect([auth.isStale(changed), auth.isStale(other)]).toEqual([false, false]);
    changes.publish({ kind: "subject", subject: "guest" });
    expect([auth.isStale(changed), auth.isStale(other)]).toEqual([true, false]);
    expect(auth.isStale(await auth.authenticate(authorization, PUBLIC))).toBe(false);
  });

  test("does not remember what it read before a change that came while it was reading", async () => {
    const { auth, authorization, subjects, changes } = await world();
    const { getLimits } = subjects;
    const reading = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    subjects.getLimits = async (namespace) => {
      reading.resolve();
      await go.promise;
      return getLimits(namespace);
    };
    const slow = auth.authenticate(authorization, PUBLIC);
    await reading.promise;
    await subjects.delete("guest");
    changes.publish({ kind: "subject", subject: "guest" });
    go.resolve();
    await slow;
    await expect(auth.authenticate(authorization, PUBLIC)).rejects.toThrow(Unauthorized);
  });

  test("remembers no more than it may", async () => {
    const { subjects, changes } = await world();
    const auth = authenticator({ subjects, changes, wellKnownUuids: new Set(), wellKnownAllowed: true, maxCached: 2 });
    const keys = Array.from({ length: 3 }, (_, index) => aNamespaceKey({ name: `n${index}` as never }));
    await subjects.put(aSubject({ subject: "owner", namespaces: keys }));
    for (const key of keys) await auth.authenticate(header(key), PUBLIC);
    const [oldest, newer, newest] = keys.map((key) => auth.authenticate(header(key), PUBLIC) instanceof Promise);
    expect([oldest, newer, newest].filter(Boolean).length).toBeGreaterThanOrEqual(1);
  });
});

describe("a well-known key", () => {
  test.each([
    [{ via: "public" }, true],
    [{ via: "container", namespace: "guest" }, true],
    [{ via: "container", namespace: "other" }, false],
    [{ via: "container", namespace: undefined }, false],
  ] as const)("called by %j counts: %s, cold and warm alike", async (caller, counts) => {
    const { auth, authorization } = await world({ wellKnown: true });
    const ask = async () => auth.authenticate(authorization, caller);
    for (let time = 0; time < 2; time++) {
      if (counts) await expect(ask()).resolves.toMatchObject({ subject: "guest" });
      else await expect(ask()).rejects.toThrow("The supplied authentication is invalid");
    }
  });

  test("counts nowhere when strangers reach the server", async () => {
    const { auth, authorization } = await world({ wellKnown: true, allowed: false });
    const ask = async (caller: Caller) => auth.authenticate(authorization, caller);
    await expect(ask(PUBLIC)).rejects.toThrow(Unauthorized);
    await expect(ask({ via: "container", namespace: "guest" })).rejects.toThrow(Unauthorized);
  });
});

describe("Basic credentials", () => {
  const secret = "k".repeat(64);
  const encode = (text: string) => Buffer.from(text).toString("base64");
  test.each([
    [`Basic ${encode(`u:${secret}`)}`, { uuid: "u", key: secret }],
    [`basic  ${encode(`u:${secret}`)} `, { uuid: "u", key: secret }],
    [`Basic ${encode(`u:${secret.slice(1)}:`)}`, { uuid: "u", key: `${secret.slice(1)}:` }],
    [`Basic ${encode(`u:${secret}k`)}`, undefined],
    [`Basic ${encode(`:${secret}`)}`, undefined],
    [`Basic ${encode(secret)}`, undefined],
    ["Basic", undefined],
    [`Bearer ${encode(`u:${secret}`)}`, undefined],
  ])("%s", (text, expected) => {
    expect(parseBasic(text)).toEqual(expected);
  });
});
