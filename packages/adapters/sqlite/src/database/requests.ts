import type { OperationName } from "./operations.ts";

/** One call of an operation on its way to the worker. */
export interface Request {
  readonly id: number;
  readonly operation: OperationName;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure };

/** Why a request failed, in a form that travels between threads. */
export interface Failure {
  readonly reason: "conflict" | "not-found" | "failed";
  readonly message: string;
}

/** What the worker needs to begin. */
export interface WorkerSetup {
  readonly dataDir: string;
  readonly exclusive: boolean;
  readonly secretFingerprint: Uint8Array;
}

/** The worker's first message. */
export type WorkerGreeting =
  | { readonly opened: { readonly journalSegment: number; readonly journalOffset: number } }
  | { readonly unusable: string };
