import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  localChangeFeed,
  type PlatformEvent,
  type ReceivedActivation,
  ServiceUnavailable,
  TooLarge,
} from "@meringue/core";
import {
  aMessage,
  anActivationId,
  collected,
  KAFKA_ACCOUNT,
  type KafkaTestBroker,
  kafkaBrokerUnavailable,
  startKafkaBroker,
} from "@meringue/testkit";
import { Admin, ConfigResourceTypes, Consumer, Producer } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KafkaBus, kafkaBus } from "../src/kafka-bus.ts";
import type { KafkaSettings } from "../src/settings.ts";

const run = promisify(execFile);
/** On a busy machine a broker takes long to start. */
const START_MS = 120_000;
const missing = kafkaBrokerUnavailable();
const aNumber = (): number => randomInt(1_000_000_000);

describe.skipIf(missing !== undefined)(
  "the topics of a real broker (needs Java and Kafka's jars)",
  { timeout: 90_000 },
  () => {
    let broker: KafkaTestBroker;
    let ca: string;
    beforeAll(async () => {
      const tls = await aCertificate();
      ca = tls.certificatePem;
      broker = await startKafkaBroker({ tls });
    }, START_MS);
    afterAll(() => broker.stop());

    function open(over: Partial<KafkaSettings> = {}, report: (line: string) => void = () => undefined): KafkaBus {
      return kafkaBus({ brokers: [broker.address], clientId: "topics", sessionTimeoutMs: 6_000, ...over }, report);
    }

    /** Everything that a topic holds. */
    async function contents(topic: string, count: number) {
      const consumer = new Consumer({
        clientId: "test",
        bootstrapBrokers: [broker.address],
        groupId: `test-${aNumber()}`,
        autocommit: false,
      });
      const stream = await consumer.consume({ topics: [topic], mode: "earliest", maxWaitTime: 100 });
      const found = [];
      for await (const message of stream) {
        found.push(message);
        if (found.length === count) break;
      }
      await consumer.close(true);
      return found;
    }

    test("are made as upstream makes them, under their prefix", async () => {
      const bus = open({ topicPrefix: "p.", eventsPrefix: "e.", maxMessageBytes: 2_000_000 });
      const invoker = aNumber();
      const [sender, receiver] = await Promise.all([bus.openSender("7"), bus.openReceiver(invoker)]);
      const admin = new Admin({ clientId: "test", bootstrapBrokers: [broker.address] });
      const names = [`p.invoker${invoker}`, "p.completed7"];
      expect(await admin.listTopics()).toEqual(expect.arrayContaining(names));
      const found = await admin.describeConfigs({
        resources: names.map((resourceName) => ({
          resourceType: ConfigResourceTypes.TOPIC,
          resourceName,
          configurationKeys: ["retention.ms", "retention.bytes", "segment.bytes", "max.message.bytes"],
        })),
      });
      const settings = found.map(({ configs }) => Object.fromEntries(configs.map(({ name, value }) => [name, value])));
      const same = { "retention.bytes": "1073741824", "segment.bytes": "536870912", "max.message.bytes": "2000512" };
      expect(settings).toEqual([
        { ...same, "retention.ms": "172800000" },
        { ...same, "retention.ms": "3600000" },
      ]);
      await Promise.all([admin.close(), sender.close(), receiver.close()]);
      await bus.close();
    });

    test("may hold what nobody can read: it is set aside whole, told, and what is behind it is taken", async () => {
      const lines: string[] = [];
      const prefix = `q${aNumber()}.`;
      const bus = open({ topicPrefix: prefix }, (line) => lines.push(line));
      const invoker = aNumber();
      const [sender, receiver] = await Promise.all([bus.openSender("0"), bus.openReceiver(invoker)]);
      const topic = `${prefix}invoker${invoker}`;
      const poison = Buffer.from('{"transid":["t",1],"creationId":"x"}\u0000');
      const stranger = new Producer({ clientId: "stranger", bootstrapBrokers: [broker.address] });
      await stranger.send({ messages: [{ topic, value: poison }] });
      const good = aMessage();
      await sender.send(invoker, good);

      const received = collected<ReceivedActivation>();
      receiver.onActivation(received.add);
      const [first] = await received.first(1);
      first?.settle();
      expect(first?.activation.activationId).toBe(good.activationId);
      const [kept] = await contents(`${prefix}quarantine`, 1);
      expect(kept?.value).toEqual(poison);
      expect(Object.fromEntries([...(kept?.headers ?? [])].map((header) => header.map(String)))).toEqual({
        topic,
        offset: "0",
        reason: "no JSON",
      });
      expect(lines).toContain(
        `Kafka: the message at ${topic}:0 cannot be read (no JSON); it is kept in ${prefix}quarantine.`,
      );
      while (receiver.lag() !== 0) await new Promise(setImmediate);
      await Promise.all([stranger.close(), sender.close(), receiver.close()]);
      await bus.close();
    });

    test("that take less than we send refuse what is too large, and nothing that goes with it", async () => {
      const bus = open();
      const invoker = aNumber();
      const admin = new Admin({ clientId: "test", bootstrapBrokers: [broker.address] });
      const configs = [{ name: "max.message.bytes", value: "5000" }];
      await admin.createTopics({ topics: [`invoker${invoker}`], partitions: 1, replicas: 1, configs });
      const sender = await bus.openSender(`${aNumber()}`);
      const large = aMessage({ args: { text: "x".repeat(5_000) } });
      const sent = await Promise.allSettled([aMessage(), large, aMessage()].map((each) => sender.send(invoker, each)));
      expect(sent).toMatchObject([
        { status: "fulfilled" },
        { status: "rejected", reason: expect.any(TooLarge) },
        { status: "fulfilled" },
      ]);
      await Promise.all([admin.close(), sender.close()]);
      await bus.close();
    });

    test("take warm-ups, which are nothing to run", async () => {
      const bus = open();
      const invoker = aNumber();
      const [sender, receiver] = await Promise.all([bus.openSender(`${aNumber()}`), bus.openReceiver(invoker)]);
      const received = collected<ReceivedActivation>();
      receiver.onActivation(received.add);
      const plain = aMessage();
      await sender.send(invoker, aMessage({ action: { ...plain.action, id: "whisk.system/warmUp" } }));
      await sender.send(invoker, plain);
      expect((await received.first(1))[0]?.activation.activationId).toBe(plain.activationId);
      await Promise.all([sender.close(), receiver.close()]);
      await bus.close();
    });

    test("carry events, and what one controller changes to the others but not back to itself", async () => {
      const prefix = `e${aNumber()}.`;
      const bus = open({ eventsPrefix: prefix, topicPrefix: prefix });
      const event: PlatformEvent = {
        eventType: "Metric",
        source: "controller0",
        subject: "guest",
        namespace: "guest",
        userId: anActivationId(),
        timestamp: 1,
        metricName: "TimedRateLimit",
        metricValue: 1,
      };
      bus.events.publish(event);
      const [told] = await contents(`${prefix}events`, 1);
      expect(JSON.parse(String(told?.value))).toMatchObject({ source: "controller0", eventType: "Metric" });

      const [one, other] = [localChangeFeed(), localChangeFeed()];
      const [mine, theirs] = [collected<unknown>(), collected<unknown>()];
      one.subscribe(mine.add);
      other.subscribe(theirs.add);
      const feeds = await Promise.all([
        bus.openChangeFeed(one, "controller0"),
        bus.openChangeFeed(other, "controller1"),
      ]);
      const changes = [
        { kind: "entity", id: "guest/hello" },
        { kind: "subject", subject: "guest" },
        { kind: "limits", namespace: "guest" },
      ] as const;
      for (const change of changes) feeds[0].publish(change);
      expect(mine.all).toEqual(changes);
      await feeds[0].heard();
      expect(await theirs.first(3)).toEqual(changes);
      feeds[1].publish(changes[0]);
      expect((await mine.first(4))[3]).toEqual(changes[0]);
      expect(theirs.all).toHaveLength(4);
      await Promise.all(feeds.map((feed) => feed.close()));
      await bus.close();
    });

    test.each([
      ["SCRAM in the clear", () => ({ brokers: [broker.saslAddress], sasl: { mechanism: "SCRAM-SHA-512" } })],
      [
        "PLAIN behind TLS",
        () => ({ brokers: [broker.tlsAddress], sasl: { mechanism: "PLAIN" }, tls: { ca, serverName: "broker" } }),
      ],
    ] as [string, () => { brokers: string[]; sasl: { mechanism: "PLAIN" } }][])(
      "are reached with %s",
      async (_how, settings) => {
        const { brokers, sasl, ...rest } = settings();
        const bus = open({ brokers, sasl: { ...sasl, ...KAFKA_ACCOUNT }, ...rest });
        const invoker = aNumber();
        const [sender, receiver] = await Promise.all([bus.openSender(`${aNumber()}`), bus.openReceiver(invoker)]);
        const received = collected<ReceivedActivation>();
        receiver.onActivation(received.add);
        await sender.send(invoker, aMessage());
        await received.first(1);
        await Promise.all([sender.close(), receiver.close()]);
        await bus.close();
      },
    );

    test("are not reached with a wrong password, or a certificate that nobody trusted signed; and that is told", async () => {
      const lines = collected<string>();
      const wrong = { mechanism: "SCRAM-SHA-512", username: KAFKA_ACCOUNT.username, password: "wrong" } as const;
      const buses = [
        open({ brokers: [broker.saslAddress], sasl: wrong }, lines.add),
        open({ brokers: [broker.tlsAddress ?? ""], sasl: { ...wrong, ...KAFKA_ACCOUNT }, tls: {} }, lines.add),
      ];
      const opening = Promise.allSettled(buses.map((bus) => bus.openReceiver(aNumber())));
      expect(await lines.first(2)).toEqual([
        expect.stringContaining("cannot be followed for now"),
        expect.stringContaining("cannot be followed for now"),
      ]);
      await Promise.all(buses.map((bus) => bus.close()));
      const refused = { status: "rejected", reason: expect.any(ServiceUnavailable) };
      expect(await opening).toMatchObject([refused, refused]);
    });
  },
);

/** For any address of the loopback that a broker may take: the client is told to look for this name. */
async function aCertificate(): Promise<{ keyPem: string; certificatePem: string }> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-certificate-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=broker"];
  await run("openssl", [...words, "-addext", "subjectAltName=DNS:broker", "-keyout", key, "-out", certificate]);
  const pems = { keyPem: await readFile(key, "utf8"), certificatePem: await readFile(certificate, "utf8") };
  await rm(folder, { recursive: true });
  return pems;
}
