import type { DatabaseSync } from "node:sqlite";
import type { ChangeAnnouncer } from "./foreign-changes.ts";
import { OPERATION_KINDS, type Operations, Refusal } from "./operations.ts";
import type { Failure, Reply, Request } from "./requests.ts";

type AnyOperation = (...args: readonly unknown[]) => unknown;

/**
 * Runs requests that arrived together: in order, in one transaction with one commit. Each is answered for itself: one
 * that is refused leaves nothing behind and does not touch its neighbours, and if the transaction as a whole fails,
 * each is tried alone.
 */
export function groupCommit(
  database: DatabaseSync,
  operations: Operations,
  announcer: ChangeAnnouncer | undefined,
): (group: readonly Request[]) => Reply[] {
  const setSync = syncSwitch(database);

  function run(request: Request): Reply {
    try {
      const operation = operations[request.operation] as unknown as AnyOperation;
      return { id: request.id, value: operation(...request.args) };
    } catch (error) {
      return { id: request.id, failure: toFailure(error) };
    }
  }

  function runInSavepoint(request: Request): Reply {
    database.exec("SAVEPOINT request");
    const reply = run(request);
    if ("failure" in reply) {
      // some failures, such as a full disk, end the transaction by themselves
      if (!database.isTransaction) throw new Error(reply.failure.message);
      database.exec("ROLLBACK TO request");
    } else {
      announcer?.note(request.operation, request.args);
    }
    database.exec("RELEASE request");
    return reply;
  }

  function runInTransaction(group: readonly Request[]): Reply[] {
    setSync(group.some((request) => OPERATION_KINDS[request.operation] === "write"));
    database.exec("BEGIN IMMEDIATE");
    try {
      const replies = group.map((request) =>
        OPERATION_KINDS[request.operation] === "read" ? run(request) : runInSavepoint(request),
      );
      announcer?.wake();
      database.exec("COMMIT");
      return replies;
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  return function runGroup(group): Reply[] {
    if (group.every((request) => OPERATION_KINDS[request.operation] === "read")) return group.map(run);
    try {
      return runInTransaction(group);
    } catch (error) {
      if (group.length > 1) return group.flatMap((request) => runGroup([request]));
      return group.map(({ id }) => ({ id, failure: toFailure(error) }));
    }
  };
}

function syncSwitch(database: DatabaseSync): (synced: boolean) => void {
  let current: boolean | undefined;
  return (synced) => {
    if (synced === current) return;
    database.exec(`PRAGMA synchronous = ${synced ? "FULL" : "NORMAL"}`);
    current = synced;
  };
}

function toFailure(error: unknown): Failure {
  if (error instanceof Refusal) return { reason: error.reason, message: error.message };
  return { reason: "failed", message: error instanceof Error ? error.message : String(error) };
}
