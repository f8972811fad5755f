import { type Clock, systemClock } from "@meringue/core";
import { type Quarantine, quarantine } from "./quarantine.ts";
import { type RecordWriter, recordWriter } from "./record-writer.ts";
import type { KafkaSettings } from "./settings.ts";
import { type FollowOptions, followTopic, type TopicFollower } from "./topic-follower.ts";
import { topicMaker, topicsOf } from "./topics.ts";

/** What all that is made of one Kafka shares. */
export interface Connection {
  readonly settings: KafkaSettings;
  readonly names: ReturnType<typeof topicsOf>;
  readonly writer: RecordWriter;
  readonly quarantined: Quarantine;
  readonly report: (line: string) => void;
  readonly clock: Clock;
  /** @returns who reads a topic until it, or the connection, is closed. */
  follow(options: Followed): TopicFollower;
  /** Ends all that follows, writes what waits, and leaves. */
  close(): Promise<void>;
}

/** What to follow: the rest is the connection's. */
export type Followed = Omit<FollowOptions, "settings" | "topics" | "report" | "clock">;

/** @param report takes one line for the operator. */
export function openConnection(
  settings: KafkaSettings,
  report: (line: string) => void,
  clock: Clock = systemClock,
): Connection {
  const names = topicsOf(settings);
  const topics = topicMaker(settings);
  const followers = new Set<TopicFollower>();
  const writer = recordWriter(settings, topics, clock);
  return {
    settings,
    names,
    writer,
    quarantined: quarantine(writer, names.quarantine, report),
    report,
    clock,
    follow(options) {
      const follower = followTopic({ settings, topics, report, clock, ...options });
      followers.add(follower);
      const close = async (): Promise<void> => {
        await follower.close();
        followers.delete(follower);
      };
      return { ...follower, close };
    },
    async close() {
      await Promise.all([...followers].map((follower) => follower.close()));
      await writer.close();
      await topics.close();
    },
  };
}
