import {
  activationBusContract,
  type KafkaTestBroker,
  kafkaBrokerUnavailable,
  startKafkaBroker,
} from "@meringue/testkit";
import { afterAll, beforeAll, describe } from "vitest";
import { type KafkaBus, kafkaBus } from "../src/kafka-bus.ts";

const MAX_BYTES = 1024 * 1024 + 6_068;
/** On a busy machine a broker takes long to start. */
const START_MS = 120_000;
const missing = kafkaBrokerUnavailable();

describe.skipIf(missing !== undefined)("a real broker (needs Java and Kafka's jars)", () => {
  let broker: KafkaTestBroker;
  const opened: KafkaBus[] = [];

  beforeAll(async () => {
    broker = await startKafkaBroker();
  }, START_MS);
  afterAll(async () => {
    for (const bus of opened) await bus.close();
    await broker.stop();
  });

  activationBusContract("Kafka", () => {
    const bus = kafkaBus({ brokers: [broker.address], clientId: "contract", sessionTimeoutMs: 6_000 }, () => undefined);
    opened.push(bus);
    return { bus, maxBytes: MAX_BYTES };
  });
});
