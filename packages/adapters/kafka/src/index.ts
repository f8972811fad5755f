export type { KafkaChangeFeed } from "./change-feed.ts";
export { type KafkaBus, kafkaBus } from "./kafka-bus.ts";
export { decodePing, encodePing, type Ping } from "./messages/ping.ts";
export { decodeEvent, encodeEvent } from "./messages/user-event.ts";
export type { PingTopic } from "./ping-topic.ts";
export { type PingAnnouncerOptions, pingAnnouncer } from "./pings/ping-announcer.ts";
export { type PingRegistryOptions, pingRegistry } from "./pings/ping-registry.ts";
export { type KafkaSasl, type KafkaSettings, type KafkaTls, SERDES_OVERHEAD_BYTES } from "./settings.ts";
