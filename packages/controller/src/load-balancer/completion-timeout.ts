/** How long a completion is waited for, as the original computes it. */
export interface TimeoutPolicy {
  /** Multiplies the time limit of the action, or the default limit if that is longer. */
  readonly factor: number;
  /** Added to that, in milliseconds. */
  readonly addonMs: number;
}

export const DEFAULT_TIMEOUT_POLICY: TimeoutPolicy = { factor: 2, addonMs: 60_000 };

/** @param limitMs of the action. @param standardMs the limit of actions that name none. @returns milliseconds */
export function completionTimeoutMs(limitMs: number, standardMs: number, { factor, addonMs }: TimeoutPolicy): number {
  return Math.max(limitMs, standardMs) * factor + addonMs;
}
