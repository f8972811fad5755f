import { growingBytes } from "./growing-bytes.ts";
import type { StreamPace } from "./stream-receiver.ts";

/** Bytes that a launcher may be ahead of who takes them. */
export const WINDOW_BYTES = 256 * 1024;

/** What lies between somebody who sends and somebody who takes. */
export interface PacedBytes {
  /** To be iterated once. Leaving the loop cancels. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** How much more may be sent; less than none if more was sent than might be. */
  readonly creditBytes: number;
  /** Whether anybody has begun to take something. */
  readonly asked: boolean;
  readonly cancelled: boolean;
  /** Something was sent. @param kept false drops it. */
  push(piece: Buffer, kept: boolean): void;
  /** Nothing more will be sent. */
  end(): void;
  /** Tells the sender to stop, unless it was told or has ended. What lies here may still be taken. */
  halt(): void;
  /** Nobody takes anything any more. Idempotent. */
  cancel(): void;
}

/**
 * Never holds more than the sender was granted. What came while nobody took it is joined into one piece, so that many
 * small ones take no more memory than a few large ones.
 * @param pace of the sender; asked for when it is needed
 */
export function pacedBytes(pace: () => StreamPace | undefined): PacedBytes {
  let queued = growingBytes();
  let creditBytes = 0;
  /** Granted with the next request: at first the window, then what was taken. */
  let owedBytes = WINDOW_BYTES;
  let [asked, cancelled, halted, ended] = [false, false, false, false];
  let wake: (() => void) | undefined;

  const notify = (): void => {
    wake?.();
    wake = undefined;
  };
  const grant = (): void => {
    if (ended || halted || owedBytes < WINDOW_BYTES / 2) return;
    creditBytes += owedBytes;
    pace()?.more(owedBytes);
    owedBytes = 0;
  };
  const halt = (): void => {
    if (!ended && !halted) pace()?.stop();
    halted = true;
    notify();
  };
  const cancel = (): void => {
    cancelled = true;
    queued = growingBytes();
    halt();
  };
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    asked = true;
    try {
      for (grant(); !cancelled; grant()) {
        if (queued.length > 0) {
          const piece = queued.view();
          queued = growingBytes();
          yield piece;
          owedBytes += piece.length;
        } else if (ended || halted) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      cancel();
    }
  }

  return {
    chunks: chunks(),
    get creditBytes() {
      return creditBytes;
    },
    get asked() {
      return asked;
    },
    get cancelled() {
      return cancelled;
    },
    push(piece, kept) {
      creditBytes -= piece.length;
      if (cancelled || !kept) return;
      queued.append(piece);
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    halt,
    cancel,
  };
}
