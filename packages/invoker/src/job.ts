import type { CellClass } from "./cell.ts";
import type { Owner, PooledContainer } from "./pooled-container.ts";

/** How a container comes out of an activation. `reschedule`: the activation did not happen, and the container is no good. */
export type Outcome = "keep" | "destroy" | "reschedule";

/** One activation that wants a container. The pool calls `run` and `fail`, at most one of them to the end. */
export interface Job {
  readonly cell: CellClass;
  readonly owner: Owner;
  /** Epoch milliseconds. */
  readonly since: number;
  /**
   * Initializes the container if it is a cell, and runs the activation in it.
   * @param initialized to be called once the container may take more activations of the same owner
   */
  run(pooled: PooledContainer, initialized: () => void): Promise<Outcome>;
  /** It has to wait: what it can do without until it runs may go. */
  waits?(): void;
  /** No container could be had for it. */
  fail(reason: unknown): void;
}
