/** The least that a client lets its launcher know about a stream. */
export interface StreamPace {
  /** Lets the launcher send so many bytes more. */
  more(bytes: number): void;
  /** Tells the launcher that nobody wants the rest; its answer must still come. */
  stop(): void;
}

/** Takes what a run sends before its answer. */
export interface StreamReceiver {
  /** A conversation begins in which a stream may come. */
  open(pace: StreamPace): void;
  /**
   * A line that came before the answer.
   * @param json behind its status and id
   * @returns how many bytes the launcher may still send, less than none if it did not keep to what it may; undefined
   * for a line that has no place there
   */
  line(status: number, json: string): number | undefined;
}

/** What a line before the answer is about, by its status. */
export const LINE = { head: 100, text: 102, bytes: 103 } as const;

/**
 * The most that such a line may have, its status and id aside: launchers cut items into pieces of 48 KiB, of which JSON
 * makes six times as much at worst.
 */
export const MAX_STREAM_LINE_BYTES = 512 * 1024;
