import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Page } from "@meringue/core";
import type { StoredRecord } from "../journal/record-entry.ts";
import type { Operations, RecordQuery, RecordRow } from "./operations.ts";

type ActivationOperations = Pick<Operations, "getRecord" | "listRecords" | "countRecords" | "recorded">;

/** Stands for a namespace as a whole; no path is empty. */
const WHOLE_NAMESPACE = "";
const EVER = 8_640_000_000_000_000; // no date is later, or earlier than its negative; milliseconds

/** What the worker answers about records. */
export function activationQueries(database: DatabaseSync): ActivationOperations {
  const get = database.prepare(`
    SELECT head, tail FROM activations JOIN activation_groups ON group_id = namespace_group
    WHERE id = ? AND namespace = ?`);
  const known = database.prepare("SELECT 1 FROM activations WHERE id = ?");
  const group = database.prepare(
    "SELECT group_id, activations FROM activation_groups WHERE namespace = ? AND path = ?",
  );
  const byNamespace = groupStatements(database, "namespace_group");
  const byPath = groupStatements(database, "path_group");

  function target({ namespace, name }: RecordQuery) {
    const row = group.get(namespace, name ?? WHOLE_NAMESPACE);
    if (row === undefined) return undefined;
    const statements = name === undefined ? byNamespace : byPath;
    return { id: Number(row["group_id"]), activations: Number(row["activations"]), statements };
  }

  return {
    getRecord: (namespace, id) => get.get(id, namespace) as unknown as RecordRow | undefined,
    listRecords(query, { skip, limit }: Page, whole) {
      const found = target(query);
      if (found === undefined) return [];
      const statement = whole ? found.statements.listWhole : found.statements.listHeads;
      const { since = -EVER, upto = EVER } = query;
      return statement.all(found.id, since, upto, limit, skip) as unknown as RecordRow[];
    },
    countRecords(query) {
      const found = target(query);
      if (found === undefined) return 0;
      const { since, upto } = query;
      if (since === undefined && upto === undefined) return found.activations;
      return Number(found.statements.countRange.get(found.id, since ?? -EVER, upto ?? EVER)?.["count"]);
    },
    recorded: (ids) => ids.filter((id) => known.get(id) !== undefined),
  };
}

function groupStatements(database: DatabaseSync, column: "namespace_group" | "path_group") {
  const range = `FROM activations WHERE ${column} = ? AND start BETWEEN ? AND ?`;
  const newestFirst = "ORDER BY start DESC, sequence DESC LIMIT ? OFFSET ?";
  return {
    listWhole: database.prepare(`SELECT head, tail ${range} ${newestFirst}`),
    listHeads: database.prepare(`SELECT head ${range} ${newestFirst}`),
    countRange: database.prepare(`SELECT count(*) AS count ${range}`),
  };
}

/** Writes records; call `finish` before the end of the transaction. */
export interface RecordInserter {
  insert(id: string, record: StoredRecord): void;
  /** Writes the counters of what was inserted. */
  finish(): void;
}

/** @returns makes an inserter, for one transaction or savepoint. */
export function recordInserters(database: DatabaseSync): () => RecordInserter {
  const insert = database.prepare(`
    INSERT INTO activations (id, namespace_group, path_group, start, head, tail) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`);
  const addGroup = database.prepare(`
    INSERT INTO activation_groups (namespace, path, activations) VALUES (?, ?, 0)
    ON CONFLICT DO UPDATE SET activations = activations RETURNING group_id`);
  const addCount = database.prepare("UPDATE activation_groups SET activations = activations + ? WHERE group_id = ?");
  return () => recordInserter(insert, addGroup, addCount);
}

function recordInserter(insert: StatementSync, addGroup: StatementSync, addCount: StatementSync): RecordInserter {
  const groups = new Map<string, number>();
  const counts = new Map<number, number>();
  function groupOf(namespace: string, path: string): number {
    const key = `${namespace}/${path}`;
    const id = groups.get(key) ?? Number(addGroup.get(namespace, path)?.["group_id"]);
    groups.set(key, id);
    return id;
  }
  return {
    insert(id, { namespace, path, start, head, tail }) {
      const [whole, own] = [groupOf(namespace, WHOLE_NAMESPACE), groupOf(namespace, path)];
      if (insert.run(id, whole, own, start, head, tail).changes === 0) return;
      for (const group of [whole, own]) counts.set(group, (counts.get(group) ?? 0) + 1);
    },
    finish() {
      for (const [group, count] of counts) addCount.run(count, group);
    },
  };
}
