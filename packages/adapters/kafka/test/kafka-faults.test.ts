import { type ChildProcess, fork } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type Acknowledgement,
  type ActivationMessage,
  type Change,
  localChangeFeed,
  type ReceivedActivation,
} from "@meringue/core";
import {
  aMessage,
  type Collected,
  collected,
  type KafkaTestBroker,
  kafkaBrokerUnavailable,
  startKafkaBroker,
} from "@meringue/testkit";
import { Admin } from "@platformatic/kafka";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type KafkaBus, kafkaBus } from "../src/kafka-bus.ts";
import type { KafkaSettings } from "../src/settings.ts";

const missing = kafkaBrokerUnavailable();
const HANGING = fileURLToPath(new URL("take-and-hang.ts", import.meta.url));
/** On a busy machine a broker takes long to start. */
const PATIENCE_MS = 180_000;
const aNumber = (): number => randomInt(1_000_000_000);
const silent = (): void => undefined;

describe.skipIf(missing !== undefined)(
  "when things fail (needs Java and Kafka's jars)",
  { timeout: PATIENCE_MS },
  () => {
    let broker: KafkaTestBroker;
    beforeAll(async () => {
      broker = await startKafkaBroker({ started: false });
    });
    afterAll(() => broker.stop());

    function open(over: Partial<KafkaSettings> = {}, report: (line: string) => void = silent): KafkaBus {
      return kafkaBus(
        {
          brokers: [broker.address],
          clientId: "faults",
          sessionTimeoutMs: 6_000,
          deliveryTimeoutMs: PATIENCE_MS,
          ...over,
        },
        report,
      );
    }

    test("a broker that is not there yet is waited for, by who opens and by what is sent", async ({ expect }) => {
      const lines: string[] = [];
      const bus = open({}, (line) => lines.push(line));
      const invoker = aNumber();
      const opening = Promise.all([bus.openSender(`${aNumber()}`), bus.openReceiver(invoker)]);
      const pinging = bus.pings.send({ invoker: { instance: 0, userMemoryMb: 1024 }, isEnabled: true });
      while (lines.length < 2) await delay(20);
      await broker.start();
      await pinging;

      const [sender, receiver] = await opening;
      const received = collected<ReceivedActivation>();
      receiver.onActivation(received.add);
      await sender.send(invoker, aMessage());
      await received.first(1);
      expect(lines.filter((line) => line.includes("cannot be followed"))).toHaveLength(2);
      await Promise.all([sender.close(), receiver.close()]);
      await bus.close();
    });

    test("a broker that is killed and started again under load loses nothing and hands nothing over twice", async ({
      expect,
    }) => {
      await expectAllOnce(expect, async () => {
        await broker.kill();
        await delay(500);
        await broker.start();
      });
    });

    test("a broker that stands still for a while loses nothing and hands nothing over twice", async ({ expect }) => {
      await expectAllOnce(expect, async () => {
        broker.freeze();
        await delay(2_000);
        broker.thaw();
      });
    });

    /** Sends and settles while `fault` happens in the middle, and looks what became of it all. */
    async function expectAllOnce(
      expect: (value: unknown) => { toEqual(other: unknown): void },
      fault: () => Promise<void>,
    ) {
      const bus = open();
      const invoker = aNumber();
      const controller = `${aNumber()}`;
      const [sender, receiver] = await Promise.all([bus.openSender(controller), bus.openReceiver(invoker)]);
      const taken: string[] = [];
      receiver.onActivation(({ activation, settle }) => {
        taken.push(activation.activationId);
        const { activationId, transid } = activation;
        void receiver
          .acknowledge(controller, { kind: "result", activationId, transid, activation: undefined })
          .then(settle);
      });
      const heard = collected<Acknowledgement>();
      sender.onAcknowledgement(heard.add);

      const messages: ActivationMessage[] = [];
      const sends: Promise<void>[] = [];
      let over = false;
      const load = (async () => {
        while (!over) {
          const message = aMessage();
          messages.push(message);
          sends.push(sender.send(invoker, message));
          await delay(2);
        }
      })();
      await heard.first(50);
      await fault();
      await heard.first(heard.all.length + 50);
      over = true;
      await load;
      await Promise.all(sends);

      const ids = messages.map(({ activationId }) => activationId);
      while (new Set(heard.all.map(({ activationId }) => activationId)).size < ids.length) await delay(20);
      expect(taken.length).toEqual(ids.length);
      expect(new Set(taken)).toEqual(new Set(ids));
      await Promise.all([sender.close(), receiver.close()]);
      await bus.close();
    }

    test("what a receiver had taken and not settled when it was killed comes to its next process at once", async ({
      expect,
    }) => {
      const bus = open();
      const invoker = aNumber();
      const sender = await bus.openSender(`${aNumber()}`);
      const child = hang(broker, invoker);
      const messages = Array.from({ length: 10 }, () => aMessage());
      for (const message of messages) await sender.send(invoker, message);
      await child.taken.first(10);
      await committed(broker, invoker, 5n);
      child.process.kill("SIGKILL");
      await once(child.process, "exit");

      const receiver = await bus.openReceiver(invoker);
      const received = collected<ReceivedActivation>();
      receiver.onActivation(received.add);
      const left = await received.first(5);
      expect(left.map(({ activation }) => activation.activationId)).toEqual(
        messages.slice(5).map(({ activationId }) => activationId),
      );
      expect(left.every(({ redelivered, held }) => redelivered && held())).toBe(true);
      await Promise.all([sender.close(), receiver.close()]);
      await bus.close();
    });

    test("what a dead invoker leaves goes to another one that asks, once the lease is over", async ({ expect }) => {
      const bus = open({ sessionTimeoutMs: 2_000 });
      const invoker = aNumber();
      const sender = await bus.openSender(`${aNumber()}`);
      const child = hang(broker, invoker);
      await sender.send(invoker, aMessage());
      await child.taken.first(1);
      const rescuer = await bus.openReceiver(invoker, "rescuer");
      const received = collected<ReceivedActivation>();
      rescuer.onActivation(received.add);
      const left = Array.from({ length: 9 }, () => aMessage());
      for (const message of left) await sender.send(invoker, message);
      await child.taken.first(10);
      await committed(broker, invoker, 5n);
      expect([received.all.length, rescuer.lag()]).toEqual([0, undefined]);
      child.process.kill("SIGKILL");

      const rescued = await received.first(5);
      expect(rescued.map(({ activation }) => activation.activationId)).toEqual(
        left.slice(4).map(({ activationId }) => activationId),
      );
      for (const each of rescued) each.settle();
      expect(rescuer.lag()).toBe(0);
      await Promise.all([sender.close(), rescuer.close()]);
      await bus.close();
    });

    test("of two processes with one name the one that came last goes on, and the other says so and stops", async ({
      expect,
    }) => {
      const lines = collected<string>();
      const [first, second] = [open({ sessionTimeoutMs: 3_000 }, lines.add), open({ sessionTimeoutMs: 3_000 })];
      const invoker = aNumber();
      const old = await first.openReceiver(invoker);
      const oldTook = collected<ReceivedActivation>();
      old.onActivation(oldTook.add);
      const sender = await second.openSender(`${aNumber()}`);
      await sender.send(invoker, aMessage());
      const [before] = await oldTook.first(1);
      const receiver = await second.openReceiver(invoker);
      const [line] = await lines.first(1);
      expect(line).toBe(
        `Kafka: another process has come as invoker${invoker}; this one takes nothing more from invoker${invoker}.`,
      );
      expect(before?.held()).toBe(false);

      const received = collected<ReceivedActivation>();
      receiver.onActivation(received.add);
      await sender.send(invoker, aMessage());
      const taken = await received.first(2);
      expect(taken.map(({ redelivered, held }) => [redelivered, held()])).toEqual([
        [true, true],
        [false, true],
      ]);
      expect(oldTook.all).toHaveLength(1);
      await Promise.all([old.close(), receiver.close(), sender.close()]);
      await Promise.all([first.close(), second.close()]);
    });

    test("after Kafka was away every cache forgets everything, and others hear of what could not be told", async ({
      expect,
    }) => {
      const bus = open({ deliveryTimeoutMs: 500 });
      const [one, other] = [localChangeFeed(), localChangeFeed()];
      const [mine, theirs] = [collected<Change>(), collected<Change>()];
      one.subscribe(mine.add);
      other.subscribe(theirs.add);
      const feeds = await Promise.all([
        bus.openChangeFeed(one, `controller${aNumber()}`),
        bus.openChangeFeed(other, `controller${aNumber()}`),
      ]);
      await broker.kill();
      feeds[0].publish({ kind: "subject", subject: "guest" });
      expect(mine.all).toEqual([{ kind: "subject", subject: "guest" }]);
      await broker.start();

      while (mine.all.length < 2) await delay(20);
      while (theirs.all.length < 1) await delay(20);
      expect(mine.all.at(-1)).toEqual({ kind: "everything" });
      expect(theirs.all[0]).toEqual({ kind: "everything" });
      await Promise.all(feeds.map((feed) => feed.close()));
      await bus.close();
    });
  },
);

/** A process that takes an invoker's activations. */
interface Hanging {
  readonly process: ChildProcess;
  readonly taken: Collected<string>;
}

function hang(broker: KafkaTestBroker, invoker: number): Hanging {
  const child = fork(HANGING, [broker.address, String(invoker)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const taken = collected<string>();
  child.on("message", (id) => taken.add(String(id)));
  return { process: child, taken };
}

/** Waits until Kafka has noted that so many of the invoker's activations are done. */
async function committed(broker: KafkaTestBroker, invoker: number, count: bigint): Promise<void> {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: [broker.address] });
  const group = `invoker${invoker}`;
  for (let found = -1n; found < count; await delay(20)) {
    const [offsets] = await admin.listConsumerGroupOffsets({ groups: [group] });
    found = offsets?.topics[0]?.partitions[0]?.committedOffset ?? -1n;
  }
  await admin.close();
}
