import { setTimeout as delay } from "node:timers/promises";
import { backOff } from "./back-off.ts";
import { reasonOf } from "./reason-of.ts";
import type { RecordWriter } from "./record-writer.ts";
import type { FollowedRecord } from "./topic-follower.ts";
import type { Topic } from "./topics.ts";

/** Where messages go that could not be read, so that what is behind them can be. */
export interface Quarantine {
  /** @returns when it is safe there; until then it is tried again. Never rejects. */
  keep(topic: Topic, record: FollowedRecord, reason: unknown): Promise<void>;
}

/** Keeps messages byte for byte, with headers that tell whence and why. */
export function quarantine(writer: RecordWriter, to: Topic, report: (line: string) => void): Quarantine {
  return {
    async keep(topic, { offset, value }, reason) {
      const why = reason instanceof Error ? reason.message : String(reason);
      report(`Kafka: the message at ${topic.name}:${offset} cannot be read (${why}); it is kept in ${to.name}.`);
      const headers = { topic: topic.name, offset: String(offset), reason: why };
      for (let attempt = 1; ; attempt++) {
        try {
          return await writer.write(to, value ?? Buffer.alloc(0), headers);
        } catch (error) {
          if (attempt === 1) report(`Kafka: ${to.name} cannot be written for now: ${reasonOf(error)}`);
          await delay(backOff(attempt), undefined, { ref: false });
        }
      }
    },
  };
}
