import { DatabaseSync } from "node:sqlite";
import { describe, test } from "vitest";
import { activationQueries } from "./activation-queries.ts";
import { contentQueries } from "./content-queries.ts";
import { entityQueries } from "./entity-queries.ts";
import { migrate } from "./migrate.ts";
import { ALL_MIGRATIONS } from "./migrations/all-migrations.ts";
import { subjectQueries } from "./subject-queries.ts";

/** Every statement that the worker prepares, with the plan of each. */
function plans(): { sql: string; plan: string }[] {
  const database = new DatabaseSync(":memory:");
  migrate(database, ALL_MIGRATIONS);
  const statements: string[] = [];
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    statements.push(sql);
    return prepare(sql);
  };
  entityQueries(database);
  activationQueries(database);
  subjectQueries(database);
  contentQueries(database);
  return statements.map((sql) => {
    const rows = prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return { sql, plan: rows.map((row) => String(row["detail"])).join("; ") };
  });
}

describe("the statements of the worker", () => {
  test("never read a whole table of things, and never sort to list", ({ expect }) => {
    const all = plans();
    expect(all.length).toBeGreaterThan(20);
    for (const { sql, plan } of all) {
      expect(plan, sql).not.toMatch(/SCAN (?!store)/);
      expect(plan, sql).not.toMatch(/TEMP B-TREE/);
    }
  });

  test("count within a range of time from an index alone", ({ expect }) => {
    const counts = plans().filter(({ sql }) => sql.includes("count(*)"));
    expect(counts).toHaveLength(5);
    for (const { sql, plan } of counts) expect(plan, sql).toMatch(/COVERING INDEX/);
  });
});
