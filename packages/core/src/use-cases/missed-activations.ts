import type { Activation } from "../domain/activation.ts";
import type { ActivationQuery, ActivationStore } from "../ports/activation-store.ts";

/** Records are stored in another order than they end: so much earlier is looked again, in milliseconds. */
const OVERLAP_MS = 5_000;
/** How long before it was missed an activation may have started to be found, in milliseconds. */
const LONGEST_MS = 60 * 60 * 1_000;
const PAGE_ROWS = 200;
/** Rows that are looked through. */
const MAX_ROWS = 2_000;

/** What ended while nobody listened. */
export interface MissedActivations {
  /** In the order in which they ended. Without what listings leave out. */
  readonly activations: readonly Activation[];
  /** How many more there are at least, older than these. */
  readonly more: number;
}

/**
 * Finds the records of activations that ended at a time or later, and some that ended up to five seconds before. The
 * newest 2000 that started at most an hour before that time are looked through.
 * @param sinceMs epoch milliseconds.
 */
export type FindMissed = (
  query: Pick<ActivationQuery, "namespace" | "name">,
  sinceMs: number,
) => Promise<MissedActivations>;

/** Makes {@link FindMissed}. */
export function findMissed(activations: Pick<ActivationStore, "list" | "count">): FindMissed {
  return async (query, sinceMs) => {
    const from = sinceMs - OVERLAP_MS;
    const found = new Map<string, Activation>();
    let startedSince = 0;
    let complete = false;
    for (let skip = 0; skip < MAX_ROWS && !complete; skip += PAGE_ROWS) {
      const window = { ...query, since: from - LONGEST_MS };
      const rows = await activations.list(window, { skip, limit: PAGE_ROWS }, "summary");
      complete = rows.length < PAGE_ROWS;
      for (const row of rows) {
        // what comes in meanwhile pushes rows to the next page: they are seen twice
        if (endOf(row) < from || found.has(row.activationId)) continue;
        found.set(row.activationId, row);
        if (row.start >= from) startedSince++;
      }
    }
    const total = complete ? startedSince : await activations.count({ ...query, since: from });
    return {
      activations: [...found.values()].sort((a, b) => endOf(a) - endOf(b)),
      more: Math.max(0, total - startedSince),
    };
  };
}

/** A trigger's record has no end. Epoch milliseconds. */
export function endOf({ start, end }: Pick<Activation, "start" | "end">): number {
  return end === 0 ? start : end;
}
