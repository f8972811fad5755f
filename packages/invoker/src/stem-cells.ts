import type { Clock, StemCellConfig } from "@meringue/core";
import type { CellClass } from "./cell.ts";

/** Stem cells to keep of one class. */
export interface StemCellPlan {
  readonly cell: CellClass;
  readonly config: StemCellConfig;
}

/** What the keeper does to the pool. */
export interface CellPool {
  addCell(cell: CellClass): boolean;
  countCells(cell: CellClass): number;
  dropCells(cell: CellClass, count: number): void;
}

export interface StemCells {
  /** Starts what is missing, if the pool has room for it. */
  backfill(): void;
  /** An activation found no warm container of its class. */
  coldStart(cell: CellClass): void;
  /** A cell could not be started, or ended by itself: its class is left alone for a while. */
  failed(cell: CellClass): void;
  /** How many cells of a class are to be kept now. */
  targetOf(cell: CellClass): number;
  stop(): void;
}

/** How often reactive counts are set anew, in milliseconds. */
const REVIEW_MS = 600_000;
/** How long a class rests after a failed start, in milliseconds. */
const REST_MS = 30_000;

interface Class {
  readonly plan: StemCellPlan;
  /** How many to keep now. */
  target: number;
  coldStarts: number;
  restUntil: number;
}

/**
 * Keeps stem cells as the manifest's settings ask: `initialCount` at first; in a reactive class then between `minCount`
 * and `maxCount`, after the number of cold starts since the last review. Source: execution contract, "Prewarm".
 */
export function stemCells(plans: readonly StemCellPlan[], pool: CellPool, clock: Clock): StemCells {
  const classes: Class[] = plans.map((plan) => ({
    plan,
    target: plan.config.initialCount,
    coldStarts: 0,
    restUntil: 0,
  }));

  const backfill = (): void => {
    for (const { plan, target, restUntil } of classes) {
      if (clock.now() < restUntil) continue;
      for (let missing = target - pool.countCells(plan.cell); missing > 0; missing--) {
        if (!pool.addCell(plan.cell)) break;
      }
    }
  };

  const review = (): void => {
    for (const each of classes) {
      each.target = reviewedTarget(each);
      each.coldStarts = 0;
      pool.dropCells(each.plan.cell, pool.countCells(each.plan.cell) - each.target);
    }
    backfill();
    cancelReview = clock.after(REVIEW_MS, review);
  };
  let cancelReview = clock.after(REVIEW_MS, review);
  let cancelRest = (): void => {};

  const find = (cell: CellClass): Class | undefined =>
    classes.find(({ plan }) => plan.cell.kind === cell.kind && plan.cell.memoryMb === cell.memoryMb);

  return {
    backfill,
    coldStart(cell) {
      const found = find(cell);
      if (found !== undefined) found.coldStarts++;
    },
    failed(cell) {
      const found = find(cell);
      if (found === undefined) return;
      found.restUntil = clock.now() + REST_MS;
      cancelRest();
      cancelRest = clock.after(REST_MS, backfill);
    },
    targetOf: (cell) => find(cell)?.target ?? 0,
    stop() {
      cancelReview();
      cancelRest();
    },
  };
}

function reviewedTarget({ plan: { config }, coldStarts }: Class): number {
  const { reactive, initialCount } = config;
  if (reactive === undefined) return initialCount;
  const { threshold, increment, minCount, maxCount } = reactive;
  const asked = Math.floor(coldStarts / threshold) * increment;
  return Math.min(maxCount, Math.max(minCount, asked));
}
