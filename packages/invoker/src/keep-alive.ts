import type { Clock } from "@meringue/core";
import type { CellClass } from "./cell.ts";
import { type KeepPriorities, keepPriorities } from "./keep-priority.ts";
import type { PooledContainer } from "./pooled-container.ts";
import { rewarming } from "./rewarming.ts";

/** What is learned from the lives of containers: which idle ones to keep, and which actions to be ready for. */
export interface KeepAlive {
  readonly priorities: KeepPriorities;
  /** A container has got its owner, for a call of then (epoch milliseconds). */
  assigned(pooled: PooledContainer, calledAt: number): void;
  /** A container that was frozen is called. */
  called(pooled: PooledContainer, calledAt: number): void;
  /** A container has become idle: it gets its priority. */
  idle(pooled: PooledContainer): void;
  /** The last container of its owner has been removed. */
  gone(pooled: PooledContainer): void;
  stop(): void;
}

/** @param rewarm has a stem cell for an action that is about to be called; without it, nobody forecasts calls. */
export function keepAlive(clock: Clock, rewarm: ((cell: CellClass) => void) | undefined): KeepAlive {
  const priorities = keepPriorities();
  const forecasts = rewarm === undefined ? undefined : rewarming(clock, rewarm);
  return {
    priorities,
    assigned({ owner }, calledAt) {
      if (forecasts === undefined || owner === undefined) return;
      const idleSince = forecasts.back(owner);
      if (idleSince !== undefined) forecasts.called(owner, calledAt - idleSince);
    },
    called({ owner, idleSince }, calledAt) {
      if (owner !== undefined) forecasts?.called(owner, calledAt - idleSince);
    },
    idle(pooled) {
      pooled.idleSince = clock.now();
      const { uses, coldMs, cell } = pooled;
      pooled.keepPriority = priorities.idle({ uses, coldMs, memoryMb: cell.memoryMb });
    },
    gone({ owner, cell, idleSince, ownedSince }) {
      if (owner !== undefined && idleSince >= ownedSince) forecasts?.gone(owner, cell, idleSince);
    },
    stop: () => forecasts?.stop(),
  };
}
