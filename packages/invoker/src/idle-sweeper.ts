import type { Clock } from "@meringue/core";
import type { ContainerTable } from "./container-table.ts";
import type { PooledContainer } from "./pooled-container.ts";

export interface IdleTimes {
  readonly pauseGraceMs: number;
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
}

export interface IdleSweeper {
  /** Something became idle. */
  arm(): void;
  stop(): void;
}

/**
 * Freezes containers that have been idle for a while, and ends them when they stay so. One timer for all of them, set
 * for the next time that something may be due, so that an activation sets and clears none.
 */
export function idleSweeper(
  table: ContainerTable,
  { pauseGraceMs, idleTimeoutMs, clock }: IdleTimes,
  effects: { expire(pooled: PooledContainer): void; pause(pooled: PooledContainer): void },
): IdleSweeper {
  let cancel: (() => void) | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  const wakeIn = (delayMs: number): void => {
    const at = clock.now() + delayMs;
    if (at >= dueAt) return;
    cancel?.();
    dueAt = at;
    cancel = clock.after(delayMs, sweep);
  };

  const sweep = (): void => {
    dueAt = Number.POSITIVE_INFINITY;
    const now = clock.now();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const pooled of [...table.all()]) {
      if (!isIdle(pooled)) continue;
      const idleMs = now - pooled.idleSince;
      if (idleMs >= idleTimeoutMs) effects.expire(pooled);
      else if (pooled.state === "idle" && idleMs >= pauseGraceMs) effects.pause(pooled);
      const dueMs = pooled.state === "idle" ? Math.min(pauseGraceMs, idleTimeoutMs) : idleTimeoutMs;
      nextMs = Math.min(nextMs, Math.max(1, dueMs - idleMs));
    }
    if (nextMs !== Number.POSITIVE_INFINITY) wakeIn(nextMs);
  };

  return {
    arm: () => wakeIn(Math.min(pauseGraceMs, idleTimeoutMs)),
    stop() {
      cancel?.();
    },
  };
}

function isIdle({ state }: PooledContainer): boolean {
  return state === "idle" || state === "paused";
}
