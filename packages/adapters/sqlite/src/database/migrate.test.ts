import { DatabaseSync } from "node:sqlite";
import { describe, test } from "vitest";
import { migrate, StoreUnusable, schemaVersion } from "./migrate.ts";
import { ALL_MIGRATIONS } from "./migrations/all-migrations.ts";

const two = {
  version: 2,
  sql: "ALTER TABLE namespace_limits ADD COLUMN note TEXT; UPDATE namespace_limits SET note = 'x';",
};

describe("migrating a database", () => {
  test("takes an empty file to the newest schema, and then has nothing left to do", ({ expect }) => {
    const database = new DatabaseSync(":memory:");
    migrate(database, ALL_MIGRATIONS);
    migrate(database, ALL_MIGRATIONS);

    expect(schemaVersion(database)).toBe(ALL_MIGRATIONS.length);
    expect(ALL_MIGRATIONS.map((migration) => migration.version)).toEqual(ALL_MIGRATIONS.map((_, i) => i + 1));
  });

  test("keeps what an older release has stored", ({ expect }) => {
    const database = new DatabaseSync(":memory:");
    migrate(database, ALL_MIGRATIONS.slice(0, 1));
    database.exec("INSERT INTO namespace_limits VALUES ('guest', '{}')");
    migrate(database, [...ALL_MIGRATIONS.slice(0, 1), two]);

    expect(database.prepare("SELECT * FROM namespace_limits").all()).toMatchObject([
      { namespace: "guest", document: "{}", note: "x" },
    ]);
    expect(schemaVersion(database)).toBe(2);
  });

  test("refuses a newer schema, names both versions and changes nothing", ({ expect }) => {
    const database = new DatabaseSync(":memory:");
    migrate(database, [...ALL_MIGRATIONS.slice(0, 1), two]);

    expect(() => migrate(database, ALL_MIGRATIONS.slice(0, 1))).toThrow(StoreUnusable);
    expect(() => migrate(database, ALL_MIGRATIONS.slice(0, 1))).toThrow(/schema version 2, .* up to 1\./);
    expect(schemaVersion(database)).toBe(2);
  });

  test("does all of a step or nothing of it", ({ expect }) => {
    const database = new DatabaseSync(":memory:");
    migrate(database, ALL_MIGRATIONS.slice(0, 1));
    const bad = { version: 2, sql: `${two.sql} INSERT INTO nowhere VALUES (1);` };

    expect(() => migrate(database, [...ALL_MIGRATIONS.slice(0, 1), bad])).toThrow(/step to schema version 2.*nowhere/);
    expect(schemaVersion(database)).toBe(1);
    migrate(database, [...ALL_MIGRATIONS.slice(0, 1), two]);
    expect(schemaVersion(database)).toBe(2);
  });
});
