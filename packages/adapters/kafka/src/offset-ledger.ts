/**
 * Which messages of a partition are under way. What may be committed is the place before the oldest that is not settled,
 * whatever was settled behind it.
 */
export interface OffsetLedger {
  /**
   * @returns false when it had arrived before: then it is not to be taken again. One that is smaller than all that can come
   * again means that the log began anew.
   */
  arrived(offset: bigint): boolean;
  /** Its work is safe. Idempotent; of one that did not arrive, or of a log before, nothing comes. */
  settle(offset: bigint): void;
  /** The offset to go on with after a restart; undefined until there is one that was not committed. */
  committable(): bigint | undefined;
  committed(next: bigint): void;
  /** How many arrived and are not settled. */
  readonly waiting: number;
  /** The offset behind the newest settled prefix; undefined before anything arrived. */
  readonly settledUpTo: bigint | undefined;
}

export function offsetLedger(): OffsetLedger {
  /** In the order of offsets, as Map keeps insertions. */
  const waiting = new Set<bigint>();
  let first: bigint | undefined;
  let next: bigint | undefined;
  let committedUpTo: bigint | undefined;

  const settledUpTo = (): bigint | undefined => {
    for (const oldest of waiting) return oldest;
    return next;
  };

  return {
    arrived(offset) {
      if (first !== undefined && offset < first) next = undefined;
      if (next !== undefined && offset < next) return false;
      // the log began anew, or somebody else went on in it: what was under way is not ours to tell of any more
      if (offset !== next) {
        waiting.clear();
        first = offset;
        committedUpTo = undefined;
      }
      waiting.add(offset);
      next = offset + 1n;
      return true;
    },
    settle: (offset) => void waiting.delete(offset),
    committable() {
      const upTo = settledUpTo();
      if (upTo === undefined || upTo === first) return undefined;
      return committedUpTo === undefined || upTo > committedUpTo ? upTo : undefined;
    },
    committed(upTo) {
      committedUpTo = upTo;
      first = upTo;
    },
    get waiting() {
      return waiting.size;
    },
    get settledUpTo() {
      return settledUpTo();
    },
  };
}
