import type { Migration } from "./migration.ts";

/** Everything that the first release stores. */
export const initial: Migration = {
  version: 1,
  sql: `
    -- One row: counters and marks of the database as a whole.
    CREATE TABLE store (
      only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
      -- Writes of entities so far; also the revision of the entity that was written last.
      writes INTEGER NOT NULL,
      -- Journal entries up to here are in the table of activations.
      journal_segment INTEGER NOT NULL,
      journal_offset INTEGER NOT NULL,
      -- Tells whether a master secret is the one under which keys are encrypted here.
      secret_fingerprint BLOB
    ) STRICT;
    INSERT INTO store VALUES (1, 0, 0, 0, NULL);

    -- Each code once, by its SHA-256, as long as an entity refers to it.
    CREATE TABLE codes (
      code_id INTEGER PRIMARY KEY,
      sha256 BLOB NOT NULL UNIQUE,
      bytes BLOB NOT NULL
    ) STRICT;

    CREATE TABLE entities (
      entity_id INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,      -- namespace/name or namespace/package/name
      revision INTEGER NOT NULL,
      type TEXT NOT NULL,           -- action, package, trigger, rule
      namespace TEXT NOT NULL,      -- without package
      path TEXT NOT NULL,           -- with package
      is_public INTEGER NOT NULL,   -- a published package that is no binding
      updated INTEGER NOT NULL,     -- epoch milliseconds
      code_id INTEGER REFERENCES codes,
      document TEXT NOT NULL        -- JSON
    ) STRICT;
    CREATE INDEX entities_by_namespace ON entities (namespace, type, updated, revision);
    CREATE INDEX entities_by_path ON entities (path, type, updated, revision);
    CREATE INDEX public_entities ON entities (namespace, type, updated, revision) WHERE is_public = 1;
    CREATE INDEX entities_by_code ON entities (code_id) WHERE code_id IS NOT NULL;

    -- What activations are listed by: a namespace as a whole (path '') and each path in it.
    CREATE TABLE activation_groups (
      group_id INTEGER PRIMARY KEY,
      namespace TEXT NOT NULL,
      path TEXT NOT NULL,
      activations INTEGER NOT NULL,
      UNIQUE (namespace, path)
    ) STRICT;

    CREATE TABLE activations (
      sequence INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      namespace_group INTEGER NOT NULL REFERENCES activation_groups,
      path_group INTEGER NOT NULL REFERENCES activation_groups,
      start INTEGER NOT NULL,       -- epoch milliseconds
      head TEXT NOT NULL,           -- JSON: the record without result and logs
      tail TEXT NOT NULL            -- JSON: result and logs
    ) STRICT;
    CREATE INDEX activations_by_namespace ON activations (namespace_group, start);
    CREATE INDEX activations_by_path ON activations (path_group, start);

    CREATE TABLE subjects (
      subject TEXT PRIMARY KEY,
      blocked INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE namespace_keys (
      uuid TEXT PRIMARY KEY,
      subject TEXT NOT NULL REFERENCES subjects,
      position INTEGER NOT NULL,    -- among the subject's namespaces
      namespace TEXT NOT NULL,
      digest BLOB NOT NULL UNIQUE,  -- keyed, of uuid and key
      sealed_key BLOB NOT NULL      -- encrypted
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX keys_by_subject ON namespace_keys (subject, position);
    CREATE INDEX keys_by_namespace ON namespace_keys (namespace, subject);

    CREATE TABLE namespace_limits (
      namespace TEXT PRIMARY KEY,
      document TEXT NOT NULL        -- JSON
    ) STRICT, WITHOUT ROWID;

    -- What other processes changed and the server has not heard of yet.
    CREATE TABLE foreign_changes (
      sequence INTEGER PRIMARY KEY,
      change TEXT NOT NULL          -- JSON
    ) STRICT;

    -- For people: records in one piece.
    CREATE VIEW activation_records AS
      SELECT a.id, g.namespace, p.path AS name, strftime('%Y-%m-%d %H:%M:%f', a.start / 1000.0, 'unixepoch') AS started,
        a.head ->> '$.response.statusCode' AS status_code, a.head ->> '$.duration' AS duration_ms,
        a.tail -> '$.result' AS result, a.tail -> '$.logs' AS logs, a.head ->> '$.cause' AS cause
      FROM activations AS a
      JOIN activation_groups AS g ON g.group_id = a.namespace_group
      JOIN activation_groups AS p ON p.group_id = a.path_group;
  `,
};
