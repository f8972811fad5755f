import type { DatabaseSync } from "node:sqlite";
import { type KeyRow, type Operations, Refusal, type SubjectRow } from "./operations.ts";

type SubjectOperations = Pick<
  Operations,
  | "getSubject"
  | "putSubject"
  | "deleteSubject"
  | "listSubjects"
  | "findSubject"
  | "getLimits"
  | "putLimits"
  | "deleteLimits"
>;

/** What the worker does with subjects, their sealed keys, and limits. */
export function subjectQueries(database: DatabaseSync): SubjectOperations {
  const find = database.prepare("SELECT blocked FROM subjects WHERE subject = ?");
  const keysOf = database.prepare(
    "SELECT namespace, uuid, digest, sealed_key AS sealed FROM namespace_keys WHERE subject = ? ORDER BY position",
  );
  const byDigest = database.prepare("SELECT subject, uuid FROM namespace_keys WHERE digest = ?");
  const inNamespace = database.prepare(`
    SELECT DISTINCT k.subject FROM namespace_keys AS k JOIN subjects AS s USING (subject)
    WHERE k.namespace = ? AND s.blocked = 0 ORDER BY k.subject`);

  function getSubject(subject: string): SubjectRow | undefined {
    const row = find.get(subject);
    if (row === undefined) return undefined;
    return { subject, blocked: row["blocked"] === 1, keys: keysOf.all(subject) as unknown as KeyRow[] };
  }
  return {
    getSubject,
    listSubjects: (namespace) => inNamespace.all(namespace).flatMap((row) => getSubject(String(row["subject"])) ?? []),
    findSubject(digest) {
      const found = byDigest.get(digest);
      const row = found && getSubject(String(found["subject"]));
      const key = row?.keys.find((each) => each.uuid === found?.["uuid"]);
      return row && key && !row.blocked ? { row, key } : undefined;
    },
    ...subjectWrites(database),
    ...limitQueries(database),
  };
}

function subjectWrites(database: DatabaseSync): Pick<Operations, "putSubject" | "deleteSubject"> {
  const upsert = database.prepare(
    "INSERT INTO subjects (subject, blocked) VALUES (?1, ?2) ON CONFLICT (subject) DO UPDATE SET blocked = ?2",
  );
  const remove = database.prepare("DELETE FROM subjects WHERE subject = ?");
  const removeKeys = database.prepare("DELETE FROM namespace_keys WHERE subject = ?");
  const addKey = database.prepare(`
    INSERT INTO namespace_keys (uuid, subject, position, namespace, digest, sealed_key) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (uuid) DO NOTHING`);
  return {
    putSubject({ subject, blocked, keys }) {
      upsert.run(subject, Number(blocked));
      removeKeys.run(subject);
      for (const [position, { uuid, namespace, digest, sealed }] of keys.entries()) {
        const { changes } = addKey.run(uuid, subject, position, namespace, digest, sealed);
        if (changes === 0) throw new Refusal("conflict");
      }
    },
    deleteSubject(subject) {
      removeKeys.run(subject);
      return remove.run(subject).changes === 1;
    },
  };
}

function limitQueries(database: DatabaseSync): Pick<Operations, "getLimits" | "putLimits" | "deleteLimits"> {
  const get = database.prepare("SELECT document FROM namespace_limits WHERE namespace = ?");
  const put = database.prepare(
    "INSERT INTO namespace_limits VALUES (?1, ?2) ON CONFLICT (namespace) DO UPDATE SET document = ?2",
  );
  const remove = database.prepare("DELETE FROM namespace_limits WHERE namespace = ?");
  return {
    getLimits: (namespace) => get.get(namespace)?.["document"] as string | undefined,
    putLimits: (namespace, document) => void put.run(namespace, document),
    deleteLimits: (namespace) => remove.run(namespace).changes === 1,
  };
}
