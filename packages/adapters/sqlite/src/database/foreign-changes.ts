import { utimesSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Change } from "@meringue/core";
import type { EntityWrite, OperationName, Operations, SubjectRow } from "./operations.ts";

/** The server's side: what other processes changed. */
export function foreignChangeQueries(database: DatabaseSync): Pick<Operations, "takeForeignChanges"> {
  const list = database.prepare("SELECT change FROM foreign_changes ORDER BY sequence");
  const clear = database.prepare("DELETE FROM foreign_changes");
  return {
    takeForeignChanges() {
      const changes = list.all().map((row) => JSON.parse(String(row["change"])) as Change);
      if (changes.length > 0) clear.run();
      return changes;
    },
  };
}

/** The other processes' side. */
export interface ChangeAnnouncer {
  /** Notes what a write changes, in its own transaction. */
  note(operation: OperationName, args: readonly unknown[]): void;
  /**
   * Wakes the server, if there is one. To be called before the commit: the server waits for the transaction to end, so
   * that it hears of every change even when this process is killed right after the commit.
   */
  wake(): void;
}

/** @param wakePath the file that the server watches; it is there once a server ran. */
export function changeAnnouncer(database: DatabaseSync, wakePath: string): ChangeAnnouncer {
  const insert = database.prepare("INSERT INTO foreign_changes (change) VALUES (?)");
  return {
    note(operation, args) {
      const change = changeOf(operation, args);
      if (change !== undefined) insert.run(JSON.stringify(change));
    },
    wake() {
      const now = new Date();
      try {
        utimesSync(wakePath, now, now);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    },
  };
}

function changeOf(operation: OperationName, args: readonly unknown[]): Change | undefined {
  const [first] = args;
  switch (operation) {
    case "putEntity":
      return { kind: "entity", id: (first as EntityWrite).id };
    case "deleteEntity":
      return { kind: "entity", id: String(first) };
    case "putSubject":
      return { kind: "subject", subject: (first as SubjectRow).subject };
    case "deleteSubject":
      return { kind: "subject", subject: String(first) };
    case "putLimits":
    case "deleteLimits":
      return { kind: "limits", namespace: String(first) };
    default:
      return undefined;
  }
}
