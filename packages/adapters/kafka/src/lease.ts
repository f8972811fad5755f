import type { Clock } from "@meringue/core";

/** Whether a member of a group can be sure that nobody else has its place. */
export interface Lease {
  isHeld(): boolean;
  /** A heartbeat leaves. */
  asking(): void;
  /** It was answered: the place is kept from when it left, not from the answer. */
  kept(): void;
  /** The member has the place, or (false) is in the group without it. */
  placed(has: boolean): void;
  lost(): void;
}

/** @param sessionTimeoutMs after which the broker gives the place of a silent member away. */
export function lease(clock: Clock, sessionTimeoutMs: number): Lease {
  let has = false;
  let from = 0;
  let asked = 0;
  return {
    isHeld: () => has && clock.now() - from < sessionTimeoutMs,
    asking() {
      asked = clock.now();
    },
    kept() {
      from = Math.max(from, asked);
    },
    placed(placed) {
      has = placed;
      from = clock.now();
    },
    lost() {
      has = false;
    },
  };
}
