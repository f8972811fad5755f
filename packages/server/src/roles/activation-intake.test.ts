import {
  type Acknowledgement,
  type Activation,
  type ActivationMessage,
  type ActivationReceiver,
  type Dispatched,
  InternalError,
  type PlatformEvent,
  type ReceivedActivation,
  ServiceUnavailable,
  STORE_EVERYTHING,
  TooManyRequests,
  travelling,
} from "@meringue/core";
import { aMessage, anActivation, fakeClock, memoryActivationStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import { activationIntake, type IntakeOptions } from "./activation-intake.ts";
import { activationEvents } from "./user-events.ts";

const self = { instance: 3, userMemoryMb: 512 };

/** A bus that hands over what the test says, and an invoker that runs when the test says. */
function world(options: Partial<IntakeOptions> = {}) {
  const clock = fakeClock();
  const activations = memoryActivationStore();
  const told: { controller: string; acknowledgement: Acknowledgement }[] = [];
  const settled: string[] = [];
  const flow: string[] = [];
  const running = new Map<string, PromiseWithResolvers<Activation>>();
  const dispatched: ActivationMessage[] = [];
  let take: (received: ReceivedActivation) => void = () => undefined;
  const receiver: ActivationReceiver = {
    invoker: self.instance,
    onActivation(listener) {
      take = listener;
      return () => undefined;
    },
    pause: () => void flow.push("pause"),
    resume: () => void flow.push("resume"),
    lag: () => 0,
    async acknowledge(controller, acknowledgement) {
      told.push({ controller, acknowledgement });
    },
    close: async () => undefined,
  };
  const dispatch = async (message: ActivationMessage): Promise<Dispatched> => {
    dispatched.push(message);
    const ended = Promise.withResolvers<Activation>();
    running.set(message.activationId, ended);
    return { result: ended.promise };
  };
  const intake = activationIntake({
    receiver,
    dispatcher: { dispatch },
    findAction: async ({ id, rev }) => ({ ...aMessage().action, id, rev: rev ?? "1" }),
    activations,
    recovering: new Map(),
    self,
    limit: 10,
    storeLevels: STORE_EVERYTHING,
    clock,
    warn: () => undefined,
    ...options,
  });
  /** Hands a message over, as the bus does. */
  const receive = (message: ActivationMessage, more: Partial<ReceivedActivation> = {}): void =>
    take({
      activation: travelling(message, "7"),
      redelivered: false,
      sentAt: 0,
      held: () => true,
      settle: () => void settled.push(message.activationId),
      ...more,
    });
  const end = ({ activationId }: ActivationMessage, statusCode: 0 | 3 = 0): void =>
    running.get(activationId)?.resolve(anActivation({ activationId, response: { statusCode } }));
  return { clock, activations, told, settled, flow, dispatched, intake, receive, end };
}

/** Lets everything happen that waits for nothing. */
const settledTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("an invoker's intake", () => {
  test("runs what it is handed, tells the controller the record, and only then lets the bus forget", async ({
    expect,
  }) => {
    const { receive, end, told, settled, dispatched } = world();
    const message = aMessage({ blocking: true });
    receive(message);
    await settledTurn();
    expect([dispatched.map(({ activationId }) => activationId), settled]).toEqual([[message.activationId], []]);

    end(message);
    await settledTurn();
    expect(told).toEqual([
      {
        controller: "7",
        acknowledgement: expect.objectContaining({
          kind: "combined",
          activationId: message.activationId,
          isSystemError: false,
          invoker: self,
          activation: expect.objectContaining({ activationId: message.activationId }),
        }),
      },
    ]);
    expect(settled).toEqual([message.activationId]);
  });

  test("tells only that it has ended when nobody waits, and whose fault a failure was", async ({ expect }) => {
    const { receive, end, told } = world();
    const message = aMessage({ blocking: false });
    receive(message);
    await settledTurn();
    end(message, 3);
    await settledTurn();
    expect(told[0]?.acknowledgement).toMatchObject({ kind: "completion", isSystemError: true });
    expect(told[0]?.acknowledgement).not.toHaveProperty("activation");
  });

  test("tells whoever counts of what has ended, and for whom", async ({ expect }) => {
    const events: PlatformEvent[] = [];
    const tellEnded = activationEvents({ publish: (event) => events.push(event) }, "invoker3", { now: () => 5 });
    const { receive, end } = world({ tellEnded });
    const message = aMessage();
    receive(message);
    await settledTurn();
    end(message);
    await settledTurn();
    expect(events).toMatchObject([
      {
        source: "invoker3",
        eventType: "Activation",
        run: { activationId: message.activationId, statusCode: 0 },
        namespace: message.user.namespace.name,
        userId: message.user.namespace.uuid,
        timestamp: 5,
      },
    ]);
  });

  test("does not run again what has a record: it tells it once more", async ({ expect }) => {
    const { receive, activations, told, settled, dispatched } = world();
    const message = aMessage({ blocking: true });
    await activations.put(anActivation({ activationId: message.activationId }));
    receive(message, { redelivered: true });
    await settledTurn();
    expect([dispatched, told.length, settled]).toEqual([[], 1, [message.activationId]]);
  });

  test("waits for the record of what the journal goes on with", async ({ expect }) => {
    const message = aMessage({ blocking: true });
    const recovered = Promise.withResolvers<Activation>();
    const recovering = new Map([[message.activationId, recovered.promise]]);
    const { receive, told, dispatched } = world({ recovering });
    receive(message, { redelivered: true });
    await settledTurn();
    expect(told).toEqual([]);

    recovered.resolve(anActivation({ activationId: message.activationId }));
    await settledTurn();
    expect([told.length, dispatched]).toEqual([1, []]);
  });

  test("runs what was delivered before and left no trace, but not when another has the lease", async ({ expect }) => {
    const { receive, dispatched, settled } = world();
    const [ours, theirs] = [aMessage(), aMessage()];
    receive(ours, { redelivered: true });
    receive(theirs, { held: () => false });
    await settledTurn();
    expect(dispatched.map(({ activationId }) => activationId)).toEqual([ours.activationId]);
    expect(settled).toEqual([]);
  });

  test("ends an activation whose action cannot be read with a record that says so", async ({ expect }) => {
    const unreadable = async () => Promise.reject(new InternalError("The document is corrupted."));
    const { told, settled, activations, receive } = world({ findAction: unreadable });
    const message = aMessage();
    receive(message);
    await settledTurn();

    const record = await activations.get("guest", message.activationId);
    expect(record?.response).toEqual({ statusCode: 3, result: { error: "Action could not be fetched." } });
    expect(told[0]?.acknowledgement).toMatchObject({ activationId: message.activationId, isSystemError: true });
    expect(settled).toEqual([message.activationId]);
  });

  test("asks again for a place in a queue that is full", async ({ expect }) => {
    let tries = 0;
    const { clock, told, receive } = world({
      dispatcher: {
        async dispatch({ activationId }) {
          if (++tries === 1) throw new TooManyRequests("too many");
          return { result: Promise.resolve(anActivation({ activationId })) };
        },
      },
    });
    receive(aMessage());
    await settledTurn();
    clock.advance(500);
    await settledTurn();

    expect([tries, told.length]).toEqual([2, 1]);
  });

  test("ends an activation whose action is gone with a record that says so", async ({ expect }) => {
    const { receive, activations, told } = world({ findAction: async () => undefined });
    const message = aMessage({ blocking: true });
    receive(message);
    await settledTurn();
    expect(told[0]?.acknowledgement).toMatchObject({ kind: "combined", activation: { response: { statusCode: 1 } } });
    expect(await activations.get(message.user.namespace.name, message.activationId)).toBeDefined();
  });

  test("tries again while a service is away", async ({ expect }) => {
    let away = true;
    const warned: string[] = [];
    const { receive, dispatched, clock } = world({
      findAction: async () => {
        if (away) throw new ServiceUnavailable();
        return aMessage().action;
      },
      warn: (text) => warned.push(text),
    });
    receive(aMessage());
    await settledTurn();
    clock.advance(500);
    await settledTurn();
    expect([dispatched.length, warned.length]).toEqual([0, 1]);
    away = false;
    clock.advance(500);
    await settledTurn();
    expect(dispatched.length).toBe(1);
  });

  test("settles at once what will leave no record", async ({ expect }) => {
    const { receive, settled } = world({ storeLevels: { blocking: "STORE_FAILURES", nonBlocking: "STORE_FAILURES" } });
    const message = aMessage();
    receive(message);
    await settledTurn();
    expect(settled).toEqual([message.activationId]);
  });

  test("asks for no more while its hands are full", async ({ expect }) => {
    const { receive, end, flow, intake } = world({ limit: 2 });
    const [first, second] = [aMessage(), aMessage()];
    receive(first);
    receive(second);
    await settledTurn();
    expect([flow, intake.size]).toEqual([["pause"], 2]);
    end(first);
    await settledTurn();
    expect([flow, intake.size]).toEqual([["pause", "resume"], 1]);
  });

  test("drains: what is in hand ends first, and what does not end in time is left", async ({ expect }) => {
    const { receive, end, clock, intake } = world();
    const [quick, slow] = [aMessage(), aMessage()];
    receive(quick);
    receive(slow);
    await settledTurn();
    const drained = intake.drain(1_000);
    end(quick);
    await settledTurn();
    clock.advance(1_000);
    expect(await drained).toBe(1);
  });
});
