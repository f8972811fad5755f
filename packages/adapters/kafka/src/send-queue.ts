import { type Clock, ServiceUnavailable } from "@meringue/core";
import type { Topic } from "./topics.ts";

/** One message on its way. */
export interface Sending {
  readonly topic: Topic;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** It is done, has failed, or took too long: nobody waits for it any more. */
  readonly over: boolean;
  done(): void;
  failed(error: Error): void;
}

/** What waits to be sent. */
export interface SendQueue {
  /** @returns when it is done. @throws (rejects) ServiceUnavailable after the time that sending may take, or at once when too much waits. */
  add(topic: Topic, value: Buffer, headers: Readonly<Record<string, string>> | undefined): Promise<void>;
  /** Takes as much as one batch may hold; of each topic in the order in which it came. Empty when nothing waits. */
  next(): Sending[];
  /** Bytes of what is neither done nor failed. */
  readonly waitingBytes: number;
}

export interface SendQueueOptions {
  readonly deliveryTimeoutMs: number;
  /** Bytes of one topic in one batch. */
  readonly maxBatchBytes: number;
  /** Bytes in one batch. */
  readonly maxRequestBytes?: number;
  readonly maxWaitingBytes?: number;
}

/** What each record of a batch takes beside its value, at most. */
const RECORD_OVERHEAD_BYTES = 64;

/** A queue whose members give up by themselves. */
export function sendQueue(clock: Clock, options: SendQueueOptions): SendQueue {
  const { deliveryTimeoutMs, maxBatchBytes } = options;
  const { maxRequestBytes = 8 * 1024 ** 2, maxWaitingBytes = 64 * 1024 ** 2 } = options;
  let waiting: Sending[] = [];
  let waitingBytes = 0;

  function add(topic: Topic, value: Buffer, headers: Sending["headers"]): Promise<void> {
    if (waitingBytes + value.byteLength > maxWaitingBytes) return Promise.reject(new ServiceUnavailable());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let over = false;
    const end = (settle: () => void): void => {
      if (over) return;
      over = true;
      waitingBytes -= value.byteLength;
      cancel();
      settle();
    };
    const failed = (error: Error): void => end(() => reject(error));
    const cancel = clock.after(deliveryTimeoutMs, () => failed(new ServiceUnavailable()));
    waitingBytes += value.byteLength;
    waiting.push({
      topic,
      value,
      headers,
      done: () => end(resolve),
      failed,
      get over() {
        return over;
      },
    });
    return promise;
  }

  function next(): Sending[] {
    const batch: Sending[] = [];
    const left: typeof waiting = [];
    const bytes = new Map<string, number>();
    let total = 0;
    for (const each of waiting) {
      if (each.over) continue;
      const size = each.value.byteLength + RECORD_OVERHEAD_BYTES;
      const ofTopic = bytes.get(each.topic.name) ?? 0;
      const fits =
        (ofTopic === 0 || ofTopic + size <= maxBatchBytes) && (total === 0 || total + size <= maxRequestBytes);
      // what comes after one that does not fit waits with it, or their order would change
      bytes.set(each.topic.name, fits ? ofTopic + size : Number.POSITIVE_INFINITY);
      if (fits) {
        total += size;
        batch.push(each);
      } else left.push(each);
    }
    waiting = left;
    return batch;
  }

  return {
    add,
    next,
    get waitingBytes() {
      return waitingBytes;
    },
  };
}
