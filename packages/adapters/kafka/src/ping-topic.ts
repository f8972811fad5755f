import type { Connection } from "./connection.ts";
import { decodePing, encodePing, type Ping } from "./messages/ping.ts";
import { jsonBytes, parseObject } from "./messages/read-json.ts";

/** The topic `health`, on which invokers say that they live. */
export interface PingTopic {
  /** @throws (rejects) ServiceUnavailable */
  send(ping: Ping): Promise<void>;
  /**
   * Follows what invokers say from now on.
   * @param follower such as `controller0`: unlike any other that lives. @param hear must not throw.
   * @returns stops, once it follows.
   */
  follow(follower: string, hear: (ping: Ping) => void): Promise<() => Promise<void>>;
}

/** Pings older than this say nothing of now, in milliseconds. */
const STALE_MS = 10_000;

export function pingFollower(connection: Connection): PingTopic {
  const { writer, names, quarantined, clock } = connection;
  const topic = names.health;
  return {
    send: (ping) => writer.write(topic, jsonBytes(encodePing(ping))),
    async follow(name, hear) {
      const follower = connection.follow({
        topic,
        group: `${topic.name}${name}`,
        member: `${topic.name}${name}`,
        from: "latest",
        take(record) {
          const settle = (): void => follower.settle(record.offset);
          let ping: Ping;
          try {
            ping = decodePing(parseObject(record.value));
          } catch (error) {
            void quarantined.keep(topic, record, error).then(settle);
            return;
          }
          if (clock.now() - record.sentAt < STALE_MS) hear(ping);
          settle();
        },
      });
      await follower.joined;
      return follower.close;
    },
  };
}
