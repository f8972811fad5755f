import { setTimeout as delay } from "node:timers/promises";
import { Admin } from "@platformatic/kafka";
import { isError, isUnknownTopic } from "./broker-error.ts";
import { clientOptions, completeSettings, type KafkaSettings } from "./settings.ts";

/** What a topic is for. */
export type TopicKind = "completed" | "invoker" | "health" | "cacheInvalidation" | "events" | "quarantine";

/** A topic, and what it is made with. */
export interface Topic {
  readonly name: string;
  readonly kind: TopicKind;
}

/** How long each keeps what it holds, in milliseconds: upstream's, but for the quarantine, which it does not have. */
const RETENTION_MS: Readonly<Record<TopicKind, number>> = {
  completed: 3_600_000,
  invoker: 172_800_000,
  health: 3_600_000,
  cacheInvalidation: 300_000,
  events: 3_600_000,
  quarantine: 604_800_000,
};
const RETENTION_BYTES = 1024 ** 3;
const SEGMENT_BYTES = 512 * 1024 ** 2;

/** The names of the topics, upstream's. */
export function topicsOf(settings: KafkaSettings) {
  const { topicPrefix, eventsPrefix } = completeSettings(settings);
  return {
    completed: (controller: string): Topic => ({ name: `${topicPrefix}completed${controller}`, kind: "completed" }),
    invoker: (instance: number): Topic => ({ name: `${topicPrefix}invoker${instance}`, kind: "invoker" }),
    health: { name: `${topicPrefix}health`, kind: "health" } as Topic,
    cacheInvalidation: { name: `${topicPrefix}cacheInvalidation`, kind: "cacheInvalidation" } as Topic,
    events: { name: `${eventsPrefix}events`, kind: "events" } as Topic,
    /** Ours: messages that could not be read. */
    quarantine: { name: `${topicPrefix}quarantine`, kind: "quarantine" } as Topic,
  };
}

/** What the topic is made with. */
export function topicConfigs({ kind }: Topic, maxMessageBytes: number): { name: string; value: string }[] {
  const large = kind === "completed" || kind === "invoker" || kind === "quarantine";
  return [
    { name: "retention.ms", value: String(RETENTION_MS[kind]) },
    { name: "retention.bytes", value: String(RETENTION_BYTES) },
    { name: "segment.bytes", value: String(SEGMENT_BYTES) },
    // a batch of one record is larger than the record by what surrounds it
    ...(large ? [{ name: "max.message.bytes", value: String(maxMessageBytes + BATCH_OVERHEAD_BYTES) }] : []),
  ];
}

/** What a batch of records, and each record in it, may take beside the values. */
export const BATCH_OVERHEAD_BYTES = 512;

/** Makes topics that are not there. */
export interface TopicMaker {
  /** Does nothing when it is known to be there. An existing one stays as it is. @throws (rejects) with the library's error. */
  ensure(topic: Topic): Promise<void>;
  /** Forgets what it knows to be there. */
  forget(): void;
  close(): Promise<void>;
}

export function topicMaker(settings: KafkaSettings): TopicMaker {
  const { replicationFactor, maxMessageBytes } = completeSettings(settings);
  let admin: Admin | undefined;
  const made = new Map<string, Promise<void>>();

  async function create(topic: Topic): Promise<void> {
    admin ??= new Admin({ ...clientOptions(settings), retries: 0 });
    const configs = topicConfigs(topic, maxMessageBytes);
    try {
      await admin.createTopics({ topics: [topic.name], partitions: 1, replicas: replicationFactor, configs });
    } catch (error) {
      if (!isError(error, "TOPIC_ALREADY_EXISTS")) throw error;
    }
    await known(admin, topic.name);
  }

  return {
    ensure(topic) {
      const making = made.get(topic.name) ?? create(topic);
      made.set(topic.name, making);
      making.catch(() => made.delete(topic.name));
      return making;
    },
    forget: () => made.clear(),
    async close() {
      await admin?.close();
    },
  };
}

const KNOWN_TRIES = 50;
const KNOWN_EVERY_MS = 20;

/** A broker may not know yet of a topic that it was just asked to make. */
async function known(admin: Admin, topic: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.metadata({ topics: [topic], forceUpdate: true });
      return;
    } catch (error) {
      if (attempt === KNOWN_TRIES || !isUnknownTopic(error)) throw error;
      await delay(KNOWN_EVERY_MS);
    }
  }
}
