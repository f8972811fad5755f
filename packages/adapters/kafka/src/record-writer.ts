import { type Clock, ServiceUnavailable, systemClock, TooLarge } from "@meringue/core";
import { Producer } from "@platformatic/kafka";
import { backOff } from "./back-off.ts";
import { isError, isFinal, isUnknownTopic } from "./broker-error.ts";
import { type Sending, sendQueue } from "./send-queue.ts";
import { clientOptions, completeSettings, type KafkaSettings } from "./settings.ts";
import type { Topic, TopicMaker } from "./topics.ts";

/** Writes to topics, in the order of the calls for each topic. */
export interface RecordWriter {
  /**
   * @returns when all replicas in sync have it.
   * @throws (rejects) ServiceUnavailable when they did not say so in time, or too much waits already; TooLarge.
   */
  write(topic: Topic, value: Buffer, headers?: Readonly<Record<string, string>>): Promise<void>;
  /** Bytes that were taken and are not acknowledged yet. */
  readonly waitingBytes: number;
  /** Writes what was taken, then leaves. */
  close(): Promise<void>;
}

/** How often the library sends a batch again as what the broker may know already, before it begins anew. */
const RETRIES = 40;

/**
 * One batch is under way at a time, and takes with it all that came meanwhile: nothing waits for company, and under load
 * batches grow by themselves. The broker drops what it gets twice (an idempotent producer).
 */
export function recordWriter(settings: KafkaSettings, topics: TopicMaker, clock: Clock = systemClock): RecordWriter {
  const { maxMessageBytes, deliveryTimeoutMs } = completeSettings(settings);
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    ...clientOptions(settings),
    idempotent: true,
    retries: RETRIES,
    retryDelay: (_client: unknown, _operation: string, attempt: number) => backOff(attempt),
  });
  const queue = sendQueue(clock, { deliveryTimeoutMs, maxBatchBytes: maxMessageBytes });
  const pending = new Set<Promise<void>>();
  let flushing: Promise<void> | undefined;

  async function sendAll(batch: readonly Sending[]): Promise<void> {
    for (const topic of new Set(batch.map((each) => each.topic))) await topics.ensure(topic);
    await producer.send({
      messages: batch.map(({ topic, value, headers = {} }) => ({
        topic: topic.name,
        partition: 0,
        value,
        headers: new Map(Object.entries(headers).map(([key, text]) => [Buffer.from(key), Buffer.from(text)])),
      })),
    });
  }

  /** @returns when each of them is done, has failed, or is waited for by nobody any more. */
  async function deliver(batch: readonly Sending[]): Promise<void> {
    for (let attempt = 1, left = batch; left.length > 0; attempt++, left = left.filter((each) => !each.over)) {
      try {
        await sendAll(left);
        for (const each of left) each.done();
        return;
      } catch (error) {
        const topicNames = new Set(left.map(({ topic }) => topic.name));
        if (topicNames.size > 1) {
          // what is wrong with one topic is not to hold up the others
          const each = [...topicNames].map((name) => left.filter(({ topic }) => topic.name === name));
          await Promise.all(each.map(deliver));
          return;
        }
        const large = isError(error, "MESSAGE_TOO_LARGE") || isError(error, "RECORD_LIST_TOO_LARGE");
        if (large && left.length > 1) {
          for (const each of left) await deliver([each]); // of a batch the broker does not say which one it is
          return;
        }
        if (isUnknownTopic(error)) topics.forget();
        else if (large || isFinal(error)) {
          for (const each of left)
            each.failed(large ? refused(error) : new ServiceUnavailable(undefined, { cause: error }));
          return;
        }
        await new Promise<void>((resolve) => clock.after(backOff(attempt), resolve));
      }
    }
  }

  async function flush(): Promise<void> {
    for (let batch = queue.next(); batch.length > 0; batch = queue.next()) await deliver(batch);
    flushing = undefined;
  }

  return {
    write(topic, value, headers) {
      if (value.byteLength > maxMessageBytes) return Promise.reject(tooLarge(value.byteLength, maxMessageBytes));
      const written = queue.add(topic, value, headers);
      const over = (): void => void pending.delete(written);
      pending.add(written);
      written.then(over, over);
      flushing ??= Promise.resolve().then(flush);
      return written;
    },
    get waitingBytes() {
      return queue.waitingBytes;
    },
    async close() {
      await Promise.allSettled(pending);
      await producer.close(true);
    },
  };
}

function tooLarge(bytes: number, maxBytes: number): TooLarge {
  return new TooLarge(`a message of ${bytes} bytes is over the limit of ${maxBytes}`);
}

function refused(cause: unknown): TooLarge {
  return new TooLarge("the message is too large for its topic", { cause });
}
