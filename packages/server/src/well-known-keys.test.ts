import { memorySubjectStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import { isLoopback, seedAccounts, WELL_KNOWN_UUIDS } from "./well-known-keys.ts";

const GUEST = "23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP";

describe("the accounts of a first start", () => {
  test("have the keys that everybody knows when only this machine can use them", async ({ expect }) => {
    const subjects = memorySubjectStore();

    const seeded = await seedAccounts(subjects, true);

    expect(seeded).toEqual({ fresh: [], guestKey: GUEST });
    expect((await subjects.get("whisk.system"))?.namespaces[0]?.key).toHaveLength(64);
  });

  test("have new keys, told once, when others can reach the server", async ({ expect }) => {
    const subjects = memorySubjectStore();

    const first = await seedAccounts(subjects, false);
    const second = await seedAccounts(subjects, false);

    expect(first.fresh.map(({ name }) => name)).toEqual(["guest", "whisk.system"]);
    for (const { authKey } of first.fresh) {
      expect(authKey).toMatch(/^[0-9a-f-]{36}:[A-Za-z0-9]{64}$/);
      expect(WELL_KNOWN_UUIDS.has(authKey.slice(0, 36))).toBe(false);
    }
    expect(first.guestKey).toBeUndefined();
    expect(second).toEqual({ fresh: [], guestKey: undefined });
  });

  test("lose a well-known key once others can reach the server", async ({ expect }) => {
    const subjects = memorySubjectStore();
    await seedAccounts(subjects, true);

    const { fresh } = await seedAccounts(subjects, false);

    expect(fresh).toHaveLength(2);
    const [uuid = "", key = ""] = GUEST.split(":");
    expect(await subjects.findByKey(uuid, key)).toBeUndefined();
  });

  test("stay as an operator changed them", async ({ expect }) => {
    const subjects = memorySubjectStore();
    const { fresh } = await seedAccounts(subjects, false);

    expect(await seedAccounts(subjects, true)).toEqual({ fresh: [], guestKey: undefined });
    const [uuid = "", key = ""] = fresh[0]?.authKey.split(":") ?? [];
    expect((await subjects.findByKey(uuid, key))?.namespace).toBe("guest");
  });
});

describe("a loopback address", () => {
  test.for(["127.0.0.1", "127.1.2.3", "::1", "localhost"])("%s is one", (host, { expect }) => {
    expect(isLoopback(host)).toBe(true);
  });
  test.for(["0.0.0.0", "::", "192.168.1.1", "127.evil.example", "example.org"])("%s is none", (host, { expect }) => {
    expect(isLoopback(host)).toBe(false);
  });
});
