import { readFile } from "node:fs/promises";
import type { ActivationBus, ChangeFeed, EventSink } from "@meringue/core";
import { type KafkaSettings, kafkaBus, SERDES_OVERHEAD_BYTES } from "@meringue/kafka";
import type { Config } from "../config/config.ts";
import type { ClusterFoundation } from "./cluster-foundation.ts";
import { type Registries, registriesOf } from "./registries.ts";

/** Who asks. */
export interface Member {
  readonly role: "controller" | "invoker";
  readonly instance: number;
}

/** What joins the processes of a cluster. */
export interface ClusterParts extends Registries {
  readonly bus: ActivationBus;
  readonly events: EventSink;
  /** What is published here is heard by every controller. */
  readonly changes: ChangeFeed;
}

/** Opens what joins this process with the others. What is opened is put on the stack. */
export async function openClusterParts(
  foundation: ClusterFoundation,
  { role, instance }: Member,
  stack: AsyncDisposableStack,
): Promise<ClusterParts> {
  const { config, clock, logger, limits, changes } = foundation;
  const clientId = `${role}${instance}`;
  const report = (line: string): void => logger.warn(line);
  const settings = await kafkaSettings(config, clientId, limits.payloadBytes + SERDES_OVERHEAD_BYTES);
  const bus = kafkaBus(settings, report, clock);
  stack.defer(() => bus.close());
  const others = role === "controller" ? await bus.openChangeFeed(changes, clientId) : undefined;
  if (others !== undefined) stack.defer(() => others.close());
  return {
    bus,
    events: bus.events,
    changes: others ?? changes,
    ...(await registriesOf(bus, foundation, clientId, stack)),
  };
}

async function kafkaSettings({ cluster }: Config, clientId: string, maxMessageBytes: number): Promise<KafkaSettings> {
  const { brokers, tls, caFile, sasl, topicPrefix, replicationFactor } = cluster.kafka;
  const ca = caFile === undefined ? {} : { ca: await readFile(caFile, "utf8") };
  return {
    brokers,
    clientId,
    topicPrefix,
    eventsPrefix: topicPrefix,
    replicationFactor,
    maxMessageBytes,
    ...(tls ? { tls: ca } : {}),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
