import type { DatabaseSync } from "node:sqlite";
import type { Operations } from "./operations.ts";

type ContentOperations = Pick<
  Operations,
  "subjectsAfter" | "limitsAfter" | "entitiesAfter" | "recordsAfter" | "codeOfEntity"
>;

/** Rows that are handed over at a time. */
const PAGE = 100;

/** What the worker answers to whoever wants all that there is, page by page. */
export function contentQueries(database: DatabaseSync): ContentOperations {
  const subjects = database.prepare("SELECT subject FROM subjects WHERE subject > ? ORDER BY subject LIMIT ?");
  const limits = database.prepare(
    "SELECT namespace, document FROM namespace_limits WHERE namespace > ? ORDER BY namespace LIMIT ?",
  );
  const entities = database.prepare(
    "SELECT entity_id AS place, document FROM entities WHERE entity_id > ? ORDER BY entity_id LIMIT ?",
  );
  const code = database.prepare(
    "SELECT c.bytes FROM entities AS e JOIN codes AS c USING (code_id) WHERE e.entity_id = ?",
  );
  const records = database.prepare(
    "SELECT sequence AS place, head, tail FROM activations WHERE sequence > ? ORDER BY sequence LIMIT ?",
  );
  return {
    subjectsAfter: (subject) => subjects.all(subject, PAGE).map((row) => String(row["subject"])),
    limitsAfter: (namespace) => limits.all(namespace, PAGE) as unknown as { namespace: string; document: string }[],
    entitiesAfter: (place) => entities.all(place, PAGE) as unknown as { place: number; document: string }[],
    codeOfEntity: (place) => code.get(place)?.["bytes"] as Uint8Array | undefined,
    recordsAfter: (place) => records.all(place, PAGE) as unknown as { place: number; head: string; tail: string }[],
  };
}
