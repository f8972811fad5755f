import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { EntityQuery, Page } from "@meringue/core";
import { type EntityRow, type EntityWrite, type Operations, Refusal } from "./operations.ts";

type EntityOperations = Pick<
  Operations,
  "getEntity" | "putEntity" | "deleteEntity" | "getCode" | "listEntities" | "countEntities"
>;

interface Known {
  readonly entity_id: number;
  readonly revision: number;
  readonly code_id: number | null;
}

/** What the worker does with entities and their code. */
export function entityQueries(database: DatabaseSync): EntityOperations {
  const get = database.prepare("SELECT id, revision, document FROM entities WHERE id = ?");
  const known = database.prepare("SELECT entity_id, revision, code_id FROM entities WHERE id = ?");
  const remove = database.prepare("DELETE FROM entities WHERE entity_id = ?");
  const getCode = database.prepare(
    "SELECT c.bytes FROM entities AS e JOIN codes AS c USING (code_id) WHERE e.id = ? AND e.revision = ?",
  );
  const codes = codeQueries(database);
  const upsert = entityUpsert(database);
  const find = (id: string) => known.get(id) as unknown as Known | undefined;

  return {
    getEntity(id) {
      const row = get.get(id) as { id: string; revision: number; document: string } | undefined;
      return row && ({ id: row.id, rev: String(row.revision), document: row.document } satisfies EntityRow);
    },
    putEntity(write) {
      const old = find(write.id);
      if (write.rev !== (old && String(old.revision))) throw new Refusal("conflict");
      const codeId = write.code === "keep" ? (old?.code_id ?? null) : codes.store(write.code);
      const revision = upsert(write, codeId);
      if (old && old.code_id !== codeId) codes.dropUnused(old.code_id);
      return String(revision);
    },
    deleteEntity(id, rev) {
      const old = find(id);
      if (old === undefined) throw new Refusal("not-found");
      if (String(old.revision) !== rev) throw new Refusal("conflict");
      remove.run(old.entity_id);
      codes.dropUnused(old.code_id);
    },
    getCode(id, rev) {
      const row = /^\d{1,15}$/.test(rev) ? getCode.get(id, Number(rev)) : undefined;
      return row?.["bytes"] as Uint8Array | undefined;
    },
    ...listingQueries(database),
  };
}

/** @returns writes an entity and tells its new revision, which no entity ever had before. */
function entityUpsert(database: DatabaseSync): (write: EntityWrite, codeId: number | null) => number {
  const nextRevision = database.prepare("UPDATE store SET writes = writes + 1 RETURNING writes");
  const upsert = database.prepare(`
    INSERT INTO entities (id, revision, type, namespace, path, is_public, updated, code_id, document)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, type = excluded.type, is_public = excluded.is_public,
      updated = excluded.updated, code_id = excluded.code_id, document = excluded.document`);
  return ({ id, type, path, isPublic, updated, document }, codeId) => {
    const revision = Number(nextRevision.get()?.["writes"]);
    upsert.run(id, revision, type, rootOf(path), path, Number(isPublic), updated, codeId, document);
    return revision;
  };
}

function codeQueries(database: DatabaseSync): {
  /** @returns its id; null for none. */
  store(code: Uint8Array | "none"): number | null;
  dropUnused(codeId: number | null): void;
} {
  const find = database.prepare("SELECT code_id FROM codes WHERE sha256 = ?");
  const insert = database.prepare("INSERT INTO codes (sha256, bytes) VALUES (?, ?) RETURNING code_id");
  const dropUnused = database.prepare(
    "DELETE FROM codes WHERE code_id = ?1 AND NOT EXISTS (SELECT 1 FROM entities WHERE code_id = ?1)",
  );
  return {
    store(code) {
      if (code === "none") return null;
      const sha256 = createHash("sha256").update(code).digest();
      return Number((find.get(sha256) ?? insert.get(sha256, code))?.["code_id"]);
    },
    dropUnused(codeId) {
      if (codeId !== null) dropUnused.run(codeId);
    },
  };
}

/** Each listing has an index of its own that it walks from the newest end, so that it costs what its page costs. */
function listingQueries(database: DatabaseSync): Pick<Operations, "listEntities" | "countEntities"> {
  const statements = (where: string) => ({
    list: database.prepare(
      `SELECT document FROM entities WHERE ${where} ORDER BY updated DESC, revision DESC LIMIT ? OFFSET ?`,
    ),
    count: database.prepare(`SELECT count(*) AS count FROM entities WHERE ${where}`),
  });
  const inNamespace = statements("namespace = ? AND type = ?");
  const inPackage = statements("path = ? AND type = ?");
  const inPublic = statements("namespace = ? AND type = ? AND is_public = 1");
  const fitting = ({ path, publicOnly = false }: EntityQuery) => {
    if (publicOnly) return inPublic;
    return path.includes("/") ? inPackage : inNamespace;
  };
  return {
    listEntities(query: EntityQuery, { skip, limit }: Page) {
      const rows = fitting(query).list.all(query.path, query.type, limit, skip);
      return rows.map((row) => String(row["document"]));
    },
    countEntities: (query) => Number(fitting(query).count.get(query.path, query.type)?.["count"]),
  };
}

function rootOf(path: string): string {
  const slash = path.indexOf("/");
  return slash === -1 ? path : path.slice(0, slash);
}
