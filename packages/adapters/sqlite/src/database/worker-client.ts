import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Conflict, NotFound } from "@meringue/core";
import { StoreUnusable } from "./migrate.ts";
import { OPERATION_KINDS, type OperationName, type Operations } from "./operations.ts";
import type { Failure, Reply, Request, WorkerGreeting, WorkerSetup } from "./requests.ts";
import { readFailure, writeFailure } from "./store-failure.ts";

/** The database, from the main thread. Operations are run in the order of the calls. */
export interface DatabaseClient {
  /**
   * @throws (rejects with) Conflict or NotFound when the operation says so, InternalError when a read failed, and
   * ServiceUnavailable when a write did.
   */
  call<K extends OperationName>(operation: K, ...args: Parameters<Operations[K]>): Promise<ReturnType<Operations[K]>>;
  /** Runs what was called before, then closes the database. */
  close(): Promise<void>;
}

export interface OpenedDatabase {
  readonly client: DatabaseClient;
  /** How far the database has the journal. */
  readonly position: { readonly segment: number; readonly offset: number };
}

interface Pending {
  readonly operation: OperationName;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** @throws (rejects with) StoreUnusable when the database cannot be used. */
export async function openDatabaseClient(setup: WorkerSetup): Promise<OpenedDatabase> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: setup, name: "meringue-sqlite" });
  const greeting = await greetingOf(worker);
  if ("unusable" in greeting) {
    await worker.terminate();
    throw new StoreUnusable(greeting.unusable);
  }
  const { journalSegment, journalOffset } = greeting.opened;
  return { client: clientOf(worker), position: { segment: journalSegment, offset: journalOffset } };
}

/** Under `node --watch` a worker also reports what it imports: what is neither a greeting nor replies is not for us. */
function greetingOf(worker: Worker): Promise<WorkerGreeting> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: object): void => {
      if (!("opened" in message) && !("unusable" in message)) return;
      worker.off("message", onMessage).off("error", reject);
      resolve(message as WorkerGreeting);
    };
    worker.on("message", onMessage).once("error", reject);
  });
}

function clientOf(worker: Worker): DatabaseClient {
  const pending = new Map<number, Pending>();
  let batch: Request[] = [];
  let lastId = 0;
  let ended: Error | undefined;

  function end(reason: Error): void {
    ended ??= reason;
    for (const { operation, reject } of pending.values()) reject(failureOf(operation, ended));
    pending.clear();
  }
  function send(): void {
    const requests = batch;
    batch = [];
    if (requests.length > 0) worker.postMessage(requests);
  }
  worker.on("message", (replies: readonly Reply[]) => {
    for (const reply of Array.isArray(replies) ? (replies as readonly Reply[]) : []) {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      if (waiting !== undefined) settle(waiting, reply);
    }
    if (pending.size === 0) worker.unref();
  });
  worker.on("error", end);
  worker.on("exit", () => end(new Error("The store is closed.")));
  worker.unref();

  return {
    call<K extends OperationName>(operation: K, ...args: Parameters<Operations[K]>) {
      return new Promise<ReturnType<Operations[K]>>((resolve, reject) => {
        if (ended !== undefined) {
          reject(failureOf(operation, ended));
          return;
        }
        if (pending.size === 0) worker.ref();
        const id = ++lastId;
        pending.set(id, { operation, resolve: resolve as (value: unknown) => void, reject });
        if (batch.push({ id, operation, args }) === 1) setImmediate(send);
      });
    },
    async close() {
      if (ended !== undefined) return;
      send();
      worker.ref();
      const exited = once(worker, "exit");
      worker.postMessage("close");
      await exited;
    },
  };
}

function settle({ operation, resolve, reject }: Pending, reply: Reply): void {
  if ("value" in reply) resolve(reply.value);
  else reject(toError(operation, reply.failure));
}

function toError(operation: OperationName, { reason, message }: Failure): Error {
  if (reason === "conflict") return new Conflict();
  if (reason === "not-found") return new NotFound();
  return failureOf(operation, new Error(message));
}

function failureOf(operation: OperationName, cause: Error): Error {
  return OPERATION_KINDS[operation] === "read" ? readFailure(cause) : writeFailure(cause);
}
