import type { IncomingMessage } from "node:http";

/** Knows which requests run, so that an end can wait for them. */
export interface Drain {
  /** True once an end was asked for: what comes now is to be refused. */
  readonly closing: boolean;
  begun(): void;
  /** To be called when the response of a request that has begun closes: also when the caller goes away. */
  ended(request: IncomingMessage): void;
  /** Waits until nothing runs. Who was answered early and is still sending then is cut off. */
  finish(): Promise<void>;
  /** Calls back once when an end is asked for, or at once if it was: for what would not end by itself. @returns stops it */
  onClosing(callback: () => void): () => void;
}

export function drain(): Drain {
  let running = 0;
  const drained = Promise.withResolvers<void>();
  let closing = false;
  const sending = new Set<IncomingMessage>();
  const listeners = new Set<() => void>();
  const finishIfIdle = (): void => {
    if (!closing || running > 0) return;
    for (const request of sending) request.destroy();
    drained.resolve();
  };
  return {
    get closing() {
      return closing;
    },
    begun() {
      running++;
    },
    ended(request) {
      if (!request.complete && !request.destroyed) {
        sending.add(request);
        request.once("close", () => sending.delete(request));
      }
      running--;
      finishIfIdle();
    },
    finish() {
      closing = true;
      for (const callback of listeners) callback();
      listeners.clear();
      finishIfIdle();
      return drained.promise;
    },
    onClosing(callback) {
      if (closing) callback();
      else listeners.add(callback);
      return () => listeners.delete(callback);
    },
  };
}
