/** What is known of a container that has become idle. */
export interface Kept {
  /** Activations that it has run. */
  readonly uses: number;
  /** What it took to get it, and would take again: milliseconds from nothing to its first run. */
  readonly coldMs: number;
  /** Mebibytes. */
  readonly memoryMb: number;
}

/** Which idle containers are worth their memory most. */
export interface KeepPriorities {
  /** A container has become idle. @returns its priority: the lowest is the first to go. */
  idle(kept: Kept): number;
  /** A container has been ended, with this priority, to make room. */
  evicted(priority: number): void;
}

/**
 * Greedy-Dual-Size-Frequency: what is used often, slow to start and small stays; and as others go, what idles grows old
 * beside what is used now, since the clock moves on to the priority of each that went. After Fuerst and Sharma, FaasCache,
 * ASPLOS 2021.
 */
export function keepPriorities(): KeepPriorities {
  let clock = 0;
  return {
    idle: ({ uses, coldMs, memoryMb }) => clock + (uses * coldMs) / memoryMb,
    evicted(priority) {
      clock = Math.max(clock, priority);
    },
  };
}
