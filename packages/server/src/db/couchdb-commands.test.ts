import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCouchStore } from "@meringue/couchdb";
import { loadOrCreateSecret, openSqliteStore } from "@meringue/sqlite";
import {
  anAction,
  anActivation,
  aPackage,
  aRule,
  aSubject,
  aTrigger,
  COUCH_ACCOUNT,
  type CouchTestServer,
  couchServerUnavailable,
  startCouchServer,
} from "@meringue/testkit";
import { afterAll, beforeAll, describe, onTestFinished, test } from "vitest";
import { secretPath } from "../secret-path.ts";

const unavailable = couchServerUnavailable();
let worlds = 0;

/** Each command is a process of its own. */
const TIMEOUT_MS = 120_000;

describe.skipIf(unavailable !== undefined)(
  "operators' commands with CouchDB (needs pouchdb-server)",
  { timeout: TIMEOUT_MS },
  () => {
    let server: CouchTestServer;
    beforeAll(async () => {
      if (unavailable === undefined) server = await startCouchServer();
    });
    afterAll(() => server?.stop());

    /** A data folder, databases of their own, and the commands for them. */
    function world() {
      const dataDir = mkdtempSync(join(tmpdir(), "meringue-db-"));
      onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
      const prefix = `commands_${process.pid}_${++worlds}_`;
      const env = {
        OW_DB: "CouchDB",
        OW_DB_HOST: new URL(server.url).hostname,
        OW_DB_PORT: new URL(server.url).port,
        OW_DB_USERNAME: COUCH_ACCOUNT.username,
        OW_DB_PASSWORD: COUCH_ACCOUNT.password,
        MERINGUE_COUCHDB_PREFIX: prefix,
        MERINGUE_DATA_DIR: dataDir,
      };
      const names = { subjects: `${prefix}subjects`, whisks: `${prefix}whisks`, activations: `${prefix}activations` };
      const run = (role: string, ...words: string[]) => runCommand(role, words, env);
      return { dataDir, names, prefix, run, db: (...words: string[]) => run("db", ...words) };
    }

    test("init makes databases and accounts, check tells what is there", async ({ expect }) => {
      const { db, prefix, run } = world();
      const before = await db("check");
      expect(before).toMatchObject({ code: 1, err: "" });
      expect(before.out).toBe(`${prefix}subjects: missing\n${prefix}whisks: missing\n${prefix}activations: missing\n`);

      expect((await db("init")).code).toBe(0);
      expect(await db("check")).toEqual({
        code: 0,
        out: `${prefix}subjects: 5 documents\n${prefix}whisks: 2 documents\n${prefix}activations: 5 documents\n`,
        err: "",
      });
      expect(await db("init")).toEqual({ code: 0, out: "", err: "" });
      expect((await run("admin", "-v", "user", "get", "guest")).err).toBe(
        `CouchDB: ${server.url} (${prefix}subjects)\n`,
      );
      expect((await run("admin", "user", "get", "guest")).out).toMatch(/^23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123z/);
    });

    test("accounts are made, blocked and deleted where wskadmin would", async ({ expect }) => {
      const { run, names } = world();
      const pair = `23bc46b1-71f6-4ed5-8c54-816aa4f8c502:${"k".repeat(64)}`;
      expect(await run("admin", "user", "create", "alice", "-u", pair)).toEqual({ code: 0, out: `${pair}\n`, err: "" });
      await run("admin", "limits", "set", "alice", "--invocationsPerMinute", "7");
      await run("admin", "user", "block", "alice");

      const authorization = `Basic ${Buffer.from(Object.values(COUCH_ACCOUNT).join(":")).toString("base64")}`;
      const ask = async (id: string) =>
        (await fetch(`${server.url}/${names.subjects}/${id}`, { headers: { authorization } })).json();
      const [uuid, key] = pair.split(":");
      expect(await ask("alice")).toMatchObject({
        subject: "alice",
        namespaces: [{ name: "alice", uuid, key }],
        blocked: true,
      });
      expect(await ask("alice%2Flimits")).toMatchObject({ invocationsPerMinute: 7 });
    });

    test("wipe wants to hear that it is meant, and leaves accounts", async ({ expect }) => {
      const { db, prefix } = world();
      await db("init");
      expect(await db("wipe")).toMatchObject({ code: 2, err: expect.stringContaining("Say --yes if that is meant.") });

      const { code, out } = await db("wipe", "--yes");
      expect(code).toBe(0);
      expect(out).toContain(`deleted the database ${prefix}whisks\n`);
      expect(out).not.toContain(`${prefix}subjects`);
      expect((await db("check")).code).toBe(0);
    });

    test("copy moves everything to CouchDB, and back to an empty folder", async ({ expect }) => {
      const { db, dataDir, names } = world();
      const secret = await loadOrCreateSecret(secretPath(dataDir));
      const first = await openSqliteStore({ dataDir, secret, exclusive: true });
      const code = { bytes: new Uint8Array(50_000).fill(7) };
      const binary = { type: "code", kind: "nodejs:24", binary: true } as const;
      for (const each of [aPackage(), aTrigger(), aRule()]) await first.entities.put(each, undefined, "none");
      await first.entities.put(anAction({ namespace: "guest/pkg", exec: binary }), undefined, code);
      const subject = aSubject({ blocked: true });
      await first.subjects.put(subject);
      await first.subjects.putLimits("guest", { firesPerMinute: 5 });
      const records = Array.from({ length: 150 }, (_, i) => anActivation({ start: i }));
      await Promise.all(records.map((record) => first.activations.put(record)));
      await first.close();

      const there = await db("copy", "--from", "sqlite", "--to", "couchdb");
      expect(there.out).toContain("copied from sqlite to couchdb: accounts 1, limits 1, entities 4, activations 150\n");
      const couch = await openCouchStore({ server: { url: server.url, ...COUCH_ACCOUNT }, names });
      onTestFinished(() => couch.close());
      expect(await couch.records.count({ namespace: "guest" })).toBe(150);

      const other = mkdtempSync(join(tmpdir(), "meringue-db-"));
      onTestFinished(() => rmSync(other, { recursive: true, force: true }));
      const back = await db("copy", "--from=couchdb", "--to=sqlite", "--data-dir", other);
      expect(back).toMatchObject({ code: 0, err: "" });

      const copied = await openSqliteStore({
        dataDir: other,
        secret: await loadOrCreateSecret(secretPath(other)),
        exclusive: true,
      });
      onTestFinished(() => copied.close());
      expect(await copied.subjects.get("guest")).toEqual(subject);
      expect(await copied.subjects.getLimits("guest")).toEqual({ firesPerMinute: 5 });
      const action = await copied.entities.get("guest/pkg/hello");
      expect(action?.entity).toEqual(anAction({ namespace: "guest/pkg", exec: binary }));
      expect(await copied.entities.getCode("guest/pkg/hello", action?.rev ?? "")).toEqual(code.bytes);
      const listed = await copied.activations.list({ namespace: "guest" }, { skip: 0, limit: 200 });
      expect(listed).toEqual(records.reverse());
    });

    test("what is wrong is told in a sentence", async ({ expect }) => {
      const { db } = world();
      expect(await db("check", "--couchdb-url", "http://127.0.0.1:9")).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^CouchDB at http:\/\/127\.0\.0\.1:9 cannot be reached: .*\n$/),
      });
      expect(await db("drop")).toMatchObject({ code: 2, err: expect.stringContaining("there is no command drop") });
      expect(await db("init", "--prefix", "x")).toMatchObject({ code: 2 });
    });
  },
);

/** Runs `meringue ROLE WORDS…` in a process of its own. */
function runCommand(role: string, words: readonly string[], env: Readonly<Record<string, string>>) {
  const main = join(import.meta.dirname, "..", role, "main.ts");
  const child = spawn(process.execPath, [main, ...words], { env: { ...process.env, ...env } });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, out, err })),
  );
}
