import type { ServerResponse } from "node:http";
import { type Counted, encodeGap } from "./encode-event.ts";

/**
 * Bytes that wait for a reader before nothing is added to them; the event that goes beyond may have any size. What an
 * action prints at once has room in it, lest those who read quickly miss anything.
 */
const MAX_WAITING_BYTES = 1024 * 1024;

/** An answer that consists of server-sent events. What it takes is bounded, however slowly it is read. */
export interface EventStream {
  /**
   * Sends an event, or leaves it out if too much waits already: the reader is told how many, once it has caught up.
   * @param encoded makes what is sent; not called for what is left out
   */
  send(kind: keyof Counted, encoded: () => Buffer): void;
  /** Sends an event that is never left out. @returns when there is room for the next, or nobody reads any more */
  sendInTurn(bytes: Buffer): Promise<void>;
  /** Shows that it lasts, unless that can be seen anyway. */
  keepAlive(): void;
  /** Keeps what is to be sent back until it is released as often. As much of it as may wait. */
  hold(): void;
  release(): void;
  /** Sends what is written, and no more. */
  end(): void;
  /** Ends at once: what was not sent is dropped. */
  cut(): void;
}

/** @param response whose head was written. */
export function eventStream(response: ServerResponse): EventStream {
  const missed = { logs: 0, activations: 0 };
  let queue: Buffer[] = [];
  let queuedBytes = 0;
  let flushIsDue = false;
  let holds = 0;
  const isOpen = (): boolean => !response.destroyed && !response.writableEnded;
  const hasMissed = (): boolean => missed.logs + missed.activations > 0;

  /** What comes at once goes out at once. */
  const flush = (): void => {
    flushIsDue = false;
    if (holds > 0 || queuedBytes === 0 || !isOpen()) return;
    response.write(Buffer.concat(queue, queuedBytes));
    queue = [];
    queuedBytes = 0;
  };
  const tellMissed = (): void => {
    if (!hasMissed() || holds > 0 || !isOpen()) return;
    response.write(encodeGap(missed));
    missed.logs = 0;
    missed.activations = 0;
  };
  response.on("drain", tellMissed);

  return {
    send(kind, encoded) {
      if (!isOpen()) return;
      // one that was left out is told of where it is missing: so nothing follows before that
      if (hasMissed() || queuedBytes + response.writableLength >= MAX_WAITING_BYTES) {
        missed[kind]++;
        return;
      }
      const bytes = encoded();
      queue.push(bytes);
      queuedBytes += bytes.length;
      if (!flushIsDue) queueMicrotask(flush);
      flushIsDue = true;
    },
    sendInTurn: (bytes) => (!isOpen() || response.write(bytes) ? Promise.resolve() : drained(response)),
    keepAlive() {
      if (isOpen() && response.writableLength === 0) response.write(":\n\n");
    },
    hold() {
      holds++;
    },
    release() {
      holds--;
      flush();
      if (!response.writableNeedDrain) tellMissed();
    },
    end() {
      flush();
      response.end();
    },
    cut: () => void response.destroy(),
  };
}

/** Until the response takes more, or nobody is there to read it. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      response.off("drain", goOn).off("close", goOn);
      resolve();
    };
    response.on("drain", goOn).on("close", goOn);
  });
}
