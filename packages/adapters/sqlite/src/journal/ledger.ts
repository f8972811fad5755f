/** An activation that was accepted and has neither a record nor a note that it ended. */
export interface OpenActivation {
  /** Number of the segment that holds its message. */
  readonly segment: number;
  /** Bytes that its message takes there. */
  readonly bytes: number;
  readonly started: boolean;
  /** Accepted by an earlier process. */
  readonly earlier: boolean;
}

/** Knows what is open, and which segments are needed to tell it again. */
export interface Ledger {
  /** Notes where the message is now. One that was open before stays started, and stays an earlier process's. */
  accepted(id: string, segment: number, bytes: number, earlier: boolean): void;
  /** @returns whether it is open. */
  started(id: string): boolean;
  settled(id: string): void;
  get(id: string): OpenActivation | undefined;
  /** The open activations whose messages are in a segment. */
  inSegment(segment: number): ReadonlySet<string>;
  /** The open activations of earlier processes. */
  earlier(): readonly string[];
  /** Bytes of all messages that are still needed. */
  readonly openBytes: number;
}

const NONE: ReadonlySet<string> = new Set();

export function ledger(): Ledger {
  const open = new Map<string, OpenActivation & { started: boolean }>();
  const segments = new Map<number, Set<string>>();
  const earlier = new Set<string>();
  let openBytes = 0;

  function remove(id: string): OpenActivation | undefined {
    const old = open.get(id);
    if (old === undefined) return undefined;
    open.delete(id);
    openBytes -= old.bytes;
    const inSegment = segments.get(old.segment);
    inSegment?.delete(id);
    if (inSegment?.size === 0) segments.delete(old.segment);
    return old;
  }

  return {
    accepted(id, segment, bytes, isEarlier) {
      const old = remove(id);
      const entry = {
        segment,
        bytes,
        started: old?.started ?? false,
        earlier: old?.earlier ?? isEarlier,
      };
      open.set(id, entry);
      openBytes += bytes;
      const inSegment = segments.get(segment);
      if (inSegment) inSegment.add(id);
      else segments.set(segment, new Set([id]));
      if (entry.earlier) earlier.add(id);
    },
    started(id) {
      const old = open.get(id);
      if (old !== undefined) old.started = true;
      return old !== undefined;
    },
    settled(id) {
      remove(id);
      earlier.delete(id);
    },
    get: (id) => open.get(id),
    inSegment: (segment) => segments.get(segment) ?? NONE,
    earlier: () => [...earlier],
    get openBytes() {
      return openBytes;
    },
  };
}
