import type { ContainerTable } from "./container-table.ts";
import type { Pace } from "./pace.ts";
import type { OwnerQueue } from "./waiting-jobs.ts";

/** How many containers a queue is worth. */
export interface Demand {
  /** Containers to start or take now. */
  readonly wanted: number;
  /** When to look again, in milliseconds, because some were held back on the strength of an estimate. */
  readonly againInMs: number | undefined;
}

/** How much longer than a cold start the oldest may have waited before estimates are no longer believed. */
const PATIENCE = 2;

/**
 * Containers that an owner's waiting jobs need beyond the room that its containers will soon have. Where those it has
 * are expected to serve the queue before a new one could be up, none: sixty short calls at a time need one container,
 * not sixty. The expectation is dropped when the oldest job has waited longer than it allowed for.
 * @param firstStarts containers that an owner gets while nothing is known of how long its activations take: what would
 * be started beside them keeps them from coming up
 */
export function demand(
  table: ContainerTable,
  pace: Pace,
  { ownerKey, jobs, head, cellKey }: OwnerQueue,
  now: number,
  firstStarts = Number.POSITIVE_INFINITY,
): Demand {
  const { concurrency } = head.owner;
  let soon = 0;
  for (const pooled of table.of(ownerKey)) {
    if (pooled.state === "initializing" || pooled.state === "resuming") soon += concurrency - pooled.inFlight;
    if (pooled.state === "pausing") soon += concurrency;
  }
  const unserved = Math.ceil((jobs.length - soon) / concurrency);
  const [runMs, startMs] = [pace.runMs(ownerKey), pace.startMs(cellKey)];
  const there = table.count(ownerKey);
  if (unserved <= 0 || (there === 0 && runMs !== undefined)) return { wanted: unserved, againInMs: undefined };
  const patienceMs = startMs * PATIENCE - (now - head.since);
  if (patienceMs <= 0) return { wanted: unserved, againInMs: undefined };
  const enough = runMs === undefined ? firstStarts : Math.ceil((jobs.length * runMs) / startMs / concurrency);
  const wanted = Math.min(unserved, enough - there);
  return { wanted, againInMs: wanted < unserved ? Math.max(1, patienceMs) : undefined };
}
