import { DatabaseSync } from "node:sqlite";
import { describe, test } from "vitest";
import { entityQueries } from "./entity-queries.ts";
import { groupCommit } from "./group-commit.ts";
import { migrate } from "./migrate.ts";
import { ALL_MIGRATIONS } from "./migrations/all-migrations.ts";
import type { EntityWrite, OperationName, Operations } from "./operations.ts";
import type { Request } from "./requests.ts";
import { subjectQueries } from "./subject-queries.ts";

const write = (id: string, over: Partial<EntityWrite> = {}): EntityWrite => ({
  id,
  rev: undefined,
  type: "action",
  path: "guest",
  isPublic: false,
  updated: 1,
  document: "{}",
  code: "none",
  ...over,
});

/** A group runner over a database in memory that remembers what was executed. */
function world() {
  const database = new DatabaseSync(":memory:");
  migrate(database, ALL_MIGRATIONS);
  const executed: string[] = [];
  const exec = database.exec.bind(database);
  database.exec = (sql) => {
    executed.push(sql);
    exec(sql);
  };
  const operations = { ...entityQueries(database), ...subjectQueries(database) } as Operations;
  const runGroup = groupCommit(database, operations, undefined);
  let lastId = 0;
  const request = (operation: OperationName, ...args: unknown[]): Request => ({ id: ++lastId, operation, args });
  return { database, executed, runGroup, request };
}

describe("requests that arrive together", () => {
  test("share one transaction and one commit", ({ expect }) => {
    const { executed, runGroup, request } = world();
    const replies = runGroup(["a", "b", "c"].map((id) => request("putEntity", write(id))));

    expect(replies).toEqual([
      { id: 1, value: "1" },
      { id: 2, value: "2" },
      { id: 3, value: "3" },
    ]);
    expect(executed.filter((sql) => sql === "COMMIT")).toHaveLength(1);
  });

  test("see what those before them in the group have written", ({ expect }) => {
    const { runGroup, request } = world();
    const [, read] = runGroup([request("putEntity", write("a")), request("getEntity", "a")]);

    expect(read).toEqual({ id: 2, value: { id: "a", rev: "1", document: "{}" } });
  });

  test("have each its own error: a refused one leaves nothing behind and its neighbours stand", ({ expect }) => {
    const { database, runGroup, request } = world();
    const key = { namespace: "n", uuid: "same", sealed: Buffer.of(1) };
    const subject = (name: string, digest: number) => ({
      subject: name,
      blocked: false,
      keys: [{ ...key, digest: Buffer.of(digest) }],
    });
    const replies = runGroup([
      request("putEntity", write("a")),
      request("putSubject", subject("first", 1)),
      request("putEntity", write("a", { code: Buffer.from("lost") })),
      request("putSubject", subject("thief", 2)),
      request("deleteEntity", "never", "1"),
      request("putEntity", write("b", { document: null as unknown as string })),
      request("putEntity", write("c")),
    ]);

    expect(replies.map((reply) => ("failure" in reply ? reply.failure.reason : "done"))).toEqual([
      "done",
      "done",
      "conflict",
      "conflict",
      "not-found",
      "failed",
      "done",
    ]);
    expect(database.prepare("SELECT id FROM entities ORDER BY id").all()).toMatchObject([{ id: "a" }, { id: "c" }]);
    expect(database.prepare("SELECT subject FROM subjects").all()).toMatchObject([{ subject: "first" }]);
    expect(database.prepare("SELECT count(*) AS n FROM codes").get()).toMatchObject({ n: 0 });
  });

  test("are each tried alone when one of them ends the transaction for all", ({ expect }) => {
    const { database, runGroup, request } = world();
    database.exec("PRAGMA max_page_count = 60");
    const replies = runGroup([
      request("putEntity", write("a")),
      request("putEntity", write("huge", { document: "x".repeat(1_000_000) })),
      request("putEntity", write("b")),
    ]);

    expect(replies).toMatchObject([{ value: "1" }, { failure: { reason: "failed" } }, { value: "2" }]);
    expect(database.prepare("SELECT id FROM entities ORDER BY id").all()).toMatchObject([{ id: "a" }, { id: "b" }]);
    expect(database.isTransaction).toBe(false);
  });

  test("need no transaction when all of them only read", ({ expect }) => {
    const { executed, runGroup, request } = world();
    runGroup([request("getEntity", "a"), request("getLimits", "guest")]);

    expect(executed).toEqual([]);
  });
});
