import { randomInt } from "node:crypto";
import {
  type Acknowledgement,
  type ActivationBus,
  type ActivationMessage,
  type ActivationReceiver,
  type ActivationSender,
  type InvokerId,
  type ReceivedActivation,
  TooLarge,
} from "@meringue/core";
import { describe, test } from "vitest";
import { aMessage, anActivation, anActivationId } from "./activation-builders.ts";
import { type Collected, collected } from "./collected.ts";

/** A bus of a test's own; its numbers are not shared with other tests' buses. */
export interface BusWorld {
  readonly bus: ActivationBus;
  /** Bytes beyond which it refuses a message. */
  readonly maxBytes: number;
}

type MakeWorld = () => BusWorld;

/** The contract of {@link ActivationBus}: each adapter's test file calls this with its own maker. */
export function activationBusContract(name: string, make: MakeWorld): void {
  describe(`${name} as an activation bus`, () => {
    sendingContract(make);
    settlingContract(make);
    acknowledgingContract(make);
  });
}

/** A controller and an invoker that nobody else is. */
interface Pair {
  readonly invoker: number;
  readonly controller: string;
  readonly sender: ActivationSender;
  readonly receiver: ActivationReceiver;
  readonly received: Collected<ReceivedActivation>;
  readonly heard: Collected<Acknowledgement>;
  [Symbol.asyncDispose](): Promise<void>;
}

const aNumber = (): number => randomInt(1_000_000_000);
const idsOf = (received: readonly ReceivedActivation[]): string[] =>
  received.map(({ activation }) => activation.activationId);

async function pair({ bus }: BusWorld, invoker = aNumber(), controller = `${aNumber()}`): Promise<Pair> {
  const [sender, receiver] = await Promise.all([bus.openSender(controller), bus.openReceiver(invoker)]);
  const received = collected<ReceivedActivation>();
  const heard = collected<Acknowledgement>();
  receiver.onActivation(received.add);
  sender.onAcknowledgement(heard.add);
  return {
    invoker,
    controller,
    sender,
    receiver,
    received,
    heard,
    async [Symbol.asyncDispose]() {
      await Promise.all([sender.close(), receiver.close()]);
    },
  };
}

function sendingContract(make: MakeWorld): void {
  test("what a controller sends reaches its invoker whole", async ({ expect }) => {
    await using world = await pair(make());
    const { sender, invoker, received, controller } = world;
    const plain = aMessage();
    const args = { text: "\u0000 é 漢 😀", deep: [{ a: null }] };
    const full = aMessage({
      blocking: true,
      args,
      initArgs: ["text"],
      lockedArgs: { text: "aes-256" },
      cause: anActivationId(),
      extraLogging: true,
      action: { ...plain.action, binding: "guest/bound" },
    });

    await sender.send(invoker, plain);
    await sender.send(invoker, full, { streamTo: "http://127.0.0.1:1/x" });

    const [first, second] = (await received.first(2)).map(({ activation }) => activation);
    expect(first).toEqual(expected(plain, controller));
    expect(second).toEqual({
      ...expected(full, controller),
      action: { id: "guest/hello", version: "0.0.1", rev: "1-a", binding: "guest/bound" },
      cause: full.cause,
      extraLogging: true,
      streamTo: "http://127.0.0.1:1/x",
    });
  });

  test("what one controller sends an invoker arrives in that order, once, and nobody else hears of it", async ({
    expect,
  }) => {
    const own = make();
    await using one = await pair(own);
    await using other = await pair(own);
    const messages = Array.from({ length: 100 }, () => aMessage());

    await Promise.all(messages.map((message) => one.sender.send(one.invoker, message)));
    await one.sender.send(other.invoker, aMessage());

    expect(idsOf(await one.received.first(100))).toEqual(messages.map(({ activationId }) => activationId));
    await other.received.first(1);
    expect([one.received.all.length, other.received.all.length]).toEqual([100, 1]);
  });

  test("an activation that is sent twice is handed over once", async ({ expect }) => {
    await using world = await pair(make());
    const { sender, invoker, received } = world;
    const [twice, after] = [aMessage(), aMessage()];

    await sender.send(invoker, twice);
    await sender.send(invoker, twice);
    await sender.send(invoker, after);

    expect(idsOf(await received.first(2))).toEqual([twice.activationId, after.activationId]);
  });

  test("a message that is too large is refused, and those around it arrive", async ({ expect }) => {
    const own = make();
    await using world = await pair(own);
    const { sender, invoker, received } = world;
    const [before, after] = [aMessage(), aMessage()];

    const sent = Promise.allSettled(
      [before, aMessage({ args: { text: "x".repeat(own.maxBytes) } }), after].map((each) => sender.send(invoker, each)),
    );

    expect((await sent)[1]).toMatchObject({ status: "rejected", reason: expect.any(TooLarge) });
    expect(idsOf(await received.first(2))).toEqual([before.activationId, after.activationId]);
  });

  test("a receiver that is paused takes nothing until it goes on", async ({ expect }) => {
    await using world = await pair(make());
    const { sender, receiver, invoker, received } = world;
    await sender.send(invoker, aMessage());
    await received.first(1);
    receiver.pause();
    await sender.send(invoker, aMessage());
    await new Promise(setImmediate);
    expect(received.all).toHaveLength(1);

    receiver.resume();
    await received.first(2);
  });
}

/** What arrives of a message that has nothing special. */
function expected(message: ActivationMessage, controller: string) {
  const { activationId, transid, received, user, blocking, args, initArgs, lockedArgs = {} } = message;
  const action = { id: "guest/hello", version: "0.0.1", rev: "1-a" };
  return { activationId, transid, received, user, blocking, args, initArgs, lockedArgs, action, controller };
}

function settlingContract(make: MakeWorld): void {
  test("what was not settled comes once more to the next receiver, marked, and what was does not", async ({
    expect,
  }) => {
    const own = make();
    await using first = await pair(own);
    const messages = [aMessage(), aMessage(), aMessage()];
    for (const message of messages) await first.sender.send(first.invoker, message);
    const taken = await first.received.first(3);
    expect(taken.map(({ redelivered }) => redelivered)).toEqual([false, false, false]);
    taken[0]?.settle();
    await first.receiver.close();

    await using next = await pair(own, first.invoker);
    const again = await next.received.first(2);
    expect(idsOf(again)).toEqual([messages[1]?.activationId, messages[2]?.activationId]);
    expect(again.map(({ redelivered }) => redelivered)).toEqual([true, true]);
  });

  test("what is settled behind something that is not comes again together with it", async ({ expect }) => {
    const own = make();
    await using first = await pair(own);
    const messages = [aMessage(), aMessage()];
    for (const message of messages) await first.sender.send(first.invoker, message);
    (await first.received.first(2))[0]?.settle();
    await first.receiver.close();

    await using next = await pair(own, first.invoker);
    expect(idsOf(await next.received.first(1))).toEqual([messages[1]?.activationId]);
  });

  test("of two receivers one takes all, and the other goes on when it leaves", async ({ expect }) => {
    const own = make();
    await using one = await pair(own);
    await one.sender.send(one.invoker, aMessage());
    const [taken] = await one.received.first(1);
    expect(taken?.held()).toBe(true);
    const waiting = own.bus.openReceiver(one.invoker, "rescuer");
    await one.sender.send(one.invoker, aMessage());
    const mine = await one.received.first(2);
    for (const each of mine) each.settle();
    const left = aMessage();
    await one.receiver.close();
    expect(taken?.held()).toBe(false);
    await one.sender.send(one.invoker, left);

    const rescuer = await waiting;
    const rescued = collected<ReceivedActivation>();
    rescuer.onActivation(rescued.add);
    expect(idsOf(await rescued.first(1))).toEqual([left.activationId]);
    await rescuer.close();
  });

  test("it tells how many wait", async ({ expect }) => {
    await using world = await pair(make());
    const { sender, receiver, invoker, received } = world;
    await sender.send(invoker, aMessage());
    await sender.send(invoker, aMessage());
    const [first, second] = await received.first(2);
    expect(receiver.lag()).toBe(2);

    first?.settle();
    second?.settle();
    expect(receiver.lag()).toBe(0);
  });
}

const INVOKER: InvokerId = {
  instance: 3,
  userMemoryMb: 1024,
  uniqueName: "w3",
  displayedName: "third",
  tags: ["gpu"],
  dedicatedNamespaces: ["guest"],
};

function acknowledgingContract(make: MakeWorld): void {
  test("acknowledgements of each kind reach the controller that they are for, whole and in order", async ({
    expect,
  }) => {
    const own = make();
    await using one = await pair(own);
    await using other = await pair(own);
    const activation = anActivation();
    const { activationId } = activation;
    const transid = anActivationId();
    const about = { activationId, transid };
    const acks: Acknowledgement[] = [
      { kind: "result", ...about, activation },
      { kind: "result", ...about, activation: undefined },
      { kind: "completion", ...about, isSystemError: true, invoker: INVOKER },
      { kind: "combined", ...about, activation, isSystemError: false, invoker: INVOKER },
      { kind: "combined", ...about, activation: undefined, isSystemError: false, invoker: INVOKER },
    ];

    for (const ack of acks) await one.receiver.acknowledge(one.controller, ack);

    expect(await one.heard.first(5)).toEqual(acks);
    expect(other.heard.all).toEqual([]);
  });

  test("a record that is too large travels as its id", async ({ expect }) => {
    const own = make();
    await using world = await pair(own);
    const { receiver, controller, heard } = world;
    const activation = anActivation({ logs: ["x".repeat(own.maxBytes)] });
    const { activationId } = activation;
    const ack = { activationId, transid: "t", isSystemError: false, invoker: INVOKER };

    await receiver.acknowledge(controller, { kind: "combined", ...ack, activation });

    expect(await heard.first(1)).toEqual([{ kind: "combined", ...ack, activation: undefined }]);
  });

  test("a controller hears what was said before it listened", async ({ expect }) => {
    const own = make();
    await using world = await pair(own);
    const controller = `${aNumber()}`;
    const ack: Acknowledgement = {
      kind: "result",
      activationId: anActivationId(),
      transid: "t",
      activation: undefined,
    };
    await world.receiver.acknowledge(controller, ack);

    const sender = await own.bus.openSender(controller);
    const heard = collected<Acknowledgement>();
    sender.onAcknowledgement(heard.add);
    expect(await heard.first(1)).toEqual([ack]);
    await sender.close();
  });
}
