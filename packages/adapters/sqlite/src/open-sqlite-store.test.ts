import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Change, type EntityName, InternalError, ServiceUnavailable } from "@meringue/core";
import { anAction, anActivation, aSubject } from "@meringue/testkit";
import { describe, test } from "vitest";
import { StoreUnusable } from "./database/migrate.ts";
import { openSqliteStore, type SqliteStore } from "./open-sqlite-store.ts";
import { TEST_SECRET, testFolder, testSharedStore, testStore } from "./test-store.ts";

const named = (name: string) => name as EntityName;
const code = (text: string) => ({ bytes: Buffer.from(text) });

describe("a data folder", () => {
  test("is one server's at a time: another one is told whose it is", async ({ expect }) => {
    const dataDir = await testFolder();
    const first = await testStore(dataDir);
    const open = () => openSqliteStore({ dataDir, secret: TEST_SECRET, exclusive: true });

    await expect(open()).rejects.toThrow(StoreUnusable);
    await expect(open()).rejects.toThrow(new RegExp(`${dataDir} is in use .*\\(process ${process.pid}\\)`));

    await first.close();
    await (await open()).close();
  });

  test("is refused when a newer release has written it", async ({ expect }) => {
    const dataDir = await testFolder();
    await (await testStore(dataDir)).close();
    const database = new DatabaseSync(join(dataDir, "meringue.db"));
    database.exec("PRAGMA user_version = 99");
    database.close();

    for (const exclusive of [true, false]) {
      const opened = openSqliteStore({ dataDir, secret: TEST_SECRET, exclusive: exclusive as true });
      await expect(opened).rejects.toThrow(/schema version 99, .* up to 1\./);
    }
  });

  test("is refused under another secret than the one its keys are encrypted under", async ({ expect }) => {
    const dataDir = await testFolder();
    await (await testStore(dataDir)).close();
    const secret = Buffer.alloc(32, 8);

    for (const exclusive of [true, false]) {
      const opened = openSqliteStore({ dataDir, secret, exclusive: exclusive as true });
      await expect(opened).rejects.toThrow(/encrypted under another secret/);
    }
  });

  test.skipIf(process.platform === "win32")(
    "has no file that others can read (needs POSIX modes)",
    async ({ expect }) => {
      const dataDir = join(await testFolder(), "data");
      const store = await testStore(dataDir);
      await store.entities.put(anAction(), undefined, code("x"));
      await store.activations.put(anActivation());

      for (const name of ["", ...(await readdir(dataDir, { recursive: true }))]) {
        expect((await stat(join(dataDir, name))).mode & 0o077, name).toBe(0);
      }
    },
  );

  test("holds no key in the clear, in none of its files", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir);
    const subject = aSubject();
    await store.subjects.put(subject);

    const files = (await readdir(dataDir)).filter((name) => name.startsWith("meringue.db"));
    expect(files.length).toBeGreaterThan(1);
    const bytes = Buffer.concat(await Promise.all(files.map((name) => readFile(join(dataDir, name)))));
    expect(bytes.includes(subject.namespaces[0]?.uuid ?? "")).toBe(true);
    expect(bytes.includes(subject.namespaces[0]?.key ?? "")).toBe(false);
  });

  test("has each code once, and none that nobody refers to", async ({ expect }) => {
    const dataDir = await testFolder();
    const { entities } = await testStore(dataDir);
    const codes = () => {
      const database = new DatabaseSync(join(dataDir, "meringue.db"), { readOnly: true });
      const rows = database.prepare("SELECT CAST(bytes AS TEXT) AS text FROM codes ORDER BY 1").all();
      database.close();
      return rows.map((row) => row["text"]);
    };
    const a = await entities.put(anAction({ name: named("a") }), undefined, code("same"));
    const b = await entities.put(anAction({ name: named("b") }), undefined, code("same"));
    const c = await entities.put(anAction({ name: named("c") }), undefined, code("other"));
    expect(codes()).toEqual(["other", "same"]);

    const second = await entities.put(anAction({ name: named("a") }), a.rev, code("new"));
    await entities.delete(c.id, c.rev);
    expect(codes()).toEqual(["new", "same"]);

    await entities.delete(b.id, b.rev);
    await entities.put(anAction({ name: named("a") }), second.rev, "none");
    expect(codes()).toEqual([]);
  });

  test("can be read by people: records are in a view, in one piece", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir);
    await store.activations.put(anActivation());
    await store.close();
    const database = new DatabaseSync(join(dataDir, "meringue.db"));

    expect(database.prepare("SELECT * FROM activation_records").get()).toMatchObject({
      namespace: "guest",
      name: "hello",
      started: "2026-01-01 00:00:00.000",
      status_code: 0,
      duration_ms: 60,
      result: '{"greeting":"Hello, Ada"}',
    });
    database.close();
  });
});

describe("a process beside the server", () => {
  test("writes what the server sees at once", async ({ expect }) => {
    const dataDir = await testFolder();
    const server = await testStore(dataDir);
    const admin = await testSharedStore(dataDir);
    const subject = aSubject();
    await admin.subjects.put(subject);

    expect(await server.subjects.get("guest")).toEqual(subject);
  });

  test("makes the server's caches hear of what it changes, within 100 ms", async ({ expect }) => {
    const dataDir = await testFolder();
    const server = await testStore(dataDir);
    const admin = await testSharedStore(dataDir);
    const waits: number[] = [];
    const change = async (write: () => Promise<unknown>): Promise<Change> => {
      const heard = nextChange(server);
      await write();
      const wroteAt = performance.now();
      const { change, at } = await heard;
      waits.push(at - wroteAt);
      return change;
    };
    const put = admin.entities.put(anAction(), undefined, "none");
    expect((await nextChange(server, put)).change).toEqual({ kind: "entity", id: "guest/hello" });

    expect(await change(async () => admin.entities.delete("guest/hello", (await put).rev))).toEqual({
      kind: "entity",
      id: "guest/hello",
    });
    expect(await change(() => admin.subjects.put(aSubject()))).toEqual({ kind: "subject", subject: "guest" });
    expect(await change(() => admin.subjects.delete("guest"))).toEqual({ kind: "subject", subject: "guest" });
    expect(await change(() => admin.subjects.putLimits("ns", {}))).toEqual({ kind: "limits", namespace: "ns" });
    expect(await change(() => admin.subjects.deleteLimits("ns"))).toEqual({ kind: "limits", namespace: "ns" });
    expect(Math.min(...waits)).toBeLessThan(100); // of several, so that a busy machine is not taken for a slow store
  });

  test("does not tell the server what the server itself, or nobody, changed", async ({ expect }) => {
    const dataDir = await testFolder();
    const server = await testStore(dataDir);
    const admin = await testSharedStore(dataDir);
    const heard: Change[] = [];
    server.onForeignChange((change) => heard.push(change));
    await server.subjects.put(aSubject());
    await admin.subjects.get("guest");
    await admin.entities.delete("guest/never", "1").catch(() => undefined);
    await nextChange(server, admin.subjects.putLimits("last", {}));

    expect(heard).toEqual([{ kind: "limits", namespace: "last" }]);
  });

  test("opens and works while no server runs, and the next server has nothing to hear", async ({ expect }) => {
    const dataDir = await testFolder();
    const admin = await testSharedStore(dataDir);
    await admin.subjects.put(aSubject({ subject: "before" }));
    const server = await testStore(dataDir);
    const heard: Change[] = [];
    server.onForeignChange((change) => heard.push(change));
    await nextChange(server, admin.subjects.putLimits("last", {}));

    expect(heard).toEqual([{ kind: "limits", namespace: "last" }]);
    expect(await server.subjects.get("before")).toBeDefined();
  });
});

describe("a closed store", () => {
  test("refuses everything with an error of ours", async ({ expect }) => {
    const store = await testStore(await testFolder());
    await store.close();

    await expect(store.entities.get("guest/a")).rejects.toThrow(InternalError);
    await expect(store.entities.put(anAction(), undefined, "none")).rejects.toThrow(ServiceUnavailable);
    await expect(store.activations.put(anActivation())).rejects.toThrow(ServiceUnavailable);
  });

  test("has finished what was begun before", async ({ expect }) => {
    const dataDir = await testFolder();
    const store = await testStore(dataDir);
    const record = anActivation();
    const writes = Promise.all([
      store.entities.put(anAction(), undefined, code("x")),
      store.activations.put(record),
      store.subjects.put(aSubject()),
    ]);
    await store.close();
    await writes;

    const again = await testStore(dataDir);
    expect(await again.entities.get("guest/hello")).toBeDefined();
    expect(await again.activations.get("guest", record.activationId)).toEqual(record);
    expect(await again.subjects.get("guest")).toBeDefined();
  });
});

/** The next change that the server hears of. */
async function nextChange(server: SqliteStore, after?: Promise<unknown>): Promise<{ change: Change; at: number }> {
  const heard = new Promise<{ change: Change; at: number }>((resolve) => {
    const stop = server.onForeignChange((change) => {
      stop();
      resolve({ change, at: performance.now() });
    });
  });
  await after;
  return heard;
}
