import type { ActivationBus, ChangeFeed, Clock, EventSink } from "@meringue/core";
import { activationReceiver } from "./activation-receiver.ts";
import { activationSender } from "./activation-sender.ts";
import { changeFeed, type KafkaChangeFeed } from "./change-feed.ts";
import { openConnection } from "./connection.ts";
import { eventSink } from "./event-sink.ts";
import { type PingTopic, pingFollower } from "./ping-topic.ts";
import type { KafkaSettings } from "./settings.ts";

/** Everything that goes over one Kafka. */
export interface KafkaBus extends ActivationBus {
  /**
   * The change feed over `cacheInvalidation`: what `local` hears goes to the others, and what they say to `local`.
   * @param instanceId such as `controller0`: unlike any other that lives.
   */
  openChangeFeed(local: ChangeFeed, instanceId: string): Promise<KafkaChangeFeed>;
  readonly events: EventSink;
  /** The topic `health`. */
  readonly pings: PingTopic;
  /** Bytes that wait to be written. */
  readonly waitingBytes: number;
  /** After all that was opened has been closed. */
  close(): Promise<void>;
}

/** @param report takes one line for the operator: when the way to Kafka is lost, when it is back, what cannot be read. */
export function kafkaBus(settings: KafkaSettings, report: (line: string) => void, clock?: Clock): KafkaBus {
  const connection = openConnection(settings, report, clock);
  return {
    openSender: (controller) => activationSender(connection, controller),
    openReceiver: (invoker, receiver) => activationReceiver(connection, invoker, receiver),
    openChangeFeed: (local, instanceId) => changeFeed(connection, local, instanceId),
    events: eventSink(connection),
    pings: pingFollower(connection),
    get waitingBytes() {
      return connection.writer.waitingBytes;
    },
    close: connection.close,
  };
}
