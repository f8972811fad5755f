import type { Clock } from "@meringue/core";
import type { ContainerTable } from "./container-table.ts";
import type { PooledContainer } from "./pooled-container.ts";

export interface IdleTimes {
  readonly pauseGraceMs: number;
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
}

export interface IdleEffects {
  /** It was idle for long enough to end it. A stem cell that stays is asked about again after as long. */
  expire(pooled: PooledContainer): void;
  pause(pooled: PooledContainer): void;
}

export interface IdleSweeper {
  /** Something became idle, or a stem cell. */
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
  effects: IdleEffects,
): IdleSweeper {
  const firstMs = Math.min(pauseGraceMs, idleTimeoutMs);
  let cancel: (() => void) | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  const wakeAt = (at: number): void => {
    if (at >= dueAt) return;
    cancel?.();
    dueAt = at;
    cancel = clock.after(Math.max(1, at - clock.now()), sweep);
  };

  const act = (pooled: PooledContainer, now: number): void => {
    const idleMs = now - pooled.idleSince;
    if (idleMs >= idleTimeoutMs) {
      if (pooled.state !== "pausing") effects.expire(pooled);
      if (pooled.state === "cell") pooled.idleSince = now;
    } else if (pooled.state === "idle" && idleMs >= pauseGraceMs) effects.pause(pooled);
  };

  const sweep = (): void => {
    dueAt = Number.POSITIVE_INFINITY;
    const now = clock.now();
    for (const pooled of [...table.all()]) {
      if (!isIdle(pooled)) continue;
      act(pooled, now);
      if (isIdle(pooled)) wakeAt(pooled.idleSince + (pooled.state === "idle" ? firstMs : idleTimeoutMs));
    }
  };

  return {
    arm: () => wakeAt(clock.now() + firstMs),
    stop() {
      cancel?.();
      dueAt = Number.NEGATIVE_INFINITY;
    },
  };
}

function isIdle({ state }: PooledContainer): boolean {
  return state === "idle" || state === "pausing" || state === "paused" || state === "cell";
}
