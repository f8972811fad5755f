import { isIP } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";

/** How to reach Kafka, and what to ask of it. */
export interface KafkaSettings {
  /** `host:port` of brokers to begin with: one that answers is enough. */
  readonly brokers: readonly string[];
  /** Who we are, in the brokers' logs and quotas: `controller0`. */
  readonly clientId: string;
  /** Before every topic's name; "" for none. */
  readonly topicPrefix?: string;
  /** Before the name of the topic of events. */
  readonly eventsPrefix?: string;
  /** Copies of each topic that is made. */
  readonly replicationFactor?: number;
  /** Bytes that an activation or an acknowledgement may take: payload limit and {@link SERDES_OVERHEAD_BYTES}. */
  readonly maxMessageBytes?: number;
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
  /** How long a receiver may be silent before another may have its place, in milliseconds. */
  readonly sessionTimeoutMs?: number;
  /** How long sending may take in all, in milliseconds. */
  readonly deliveryTimeoutMs?: number;
  /** How long a broker may take for one answer, in milliseconds. */
  readonly requestTimeoutMs?: number;
}

/** All PEM. Without `ca` the machine's authorities count. */
export interface KafkaTls {
  readonly ca?: string;
  readonly key?: string;
  readonly cert?: string;
  /** False takes any certificate: for tests. */
  readonly verify?: boolean;
  /** The name that the brokers' certificates must bear, where it is not their host. */
  readonly serverName?: string;
}

export interface KafkaSasl {
  readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
  readonly username: string;
  readonly password: string;
}

/** What an activation's message may take beside its arguments, and an acknowledgement beside its result. */
export const SERDES_OVERHEAD_BYTES = 6_068;

/** The settings with all that was left out: upstream's values where it has any. */
export function completeSettings(
  settings: KafkaSettings,
): Required<Omit<KafkaSettings, "tls" | "sasl">> & KafkaSettings {
  return {
    topicPrefix: "",
    eventsPrefix: "",
    replicationFactor: 1,
    maxMessageBytes: 1024 * 1024 + SERDES_OVERHEAD_BYTES,
    sessionTimeoutMs: 30_000,
    deliveryTimeoutMs: 30_000,
    requestTimeoutMs: 30_000,
    ...settings,
  };
}

/** What every client of the library is made with. */
export function clientOptions(settings: KafkaSettings) {
  const { brokers, clientId, tls, sasl, requestTimeoutMs } = completeSettings(settings);
  return {
    clientId,
    bootstrapBrokers: [...brokers],
    connectTimeout: 5_000,
    requestTimeout: requestTimeoutMs,
    timeout: requestTimeoutMs,
    ...(tls === undefined ? {} : { tls: tlsOptions(tls), tlsServerName: tls.serverName ?? !brokers.some(isAddress) }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
  };
}

function tlsOptions({ ca, key, cert, verify = true }: KafkaTls): TlsOptions {
  return {
    rejectUnauthorized: verify,
    ...(ca === undefined ? {} : { ca }),
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
  };
}

/** Whether `host:port` has an address and no name: there is no name to tell the broker then. */
function isAddress(broker: string): boolean {
  return isIP(broker.slice(0, broker.lastIndexOf(":")).replace(/^\[|\]$/g, "")) !== 0;
}
