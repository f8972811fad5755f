import {
  type Acknowledgement,
  type ActivationReceiver,
  type ReceivedActivation,
  ServiceUnavailable,
  travelling,
} from "@meringue/core";
import { aMessage, anAction, anActivationId } from "@meringue/testkit";
import { describe, test } from "vitest";
import {
  type BalancerWorld,
  balancerWorld,
  blockingMessage,
  combined,
  recordOf,
  turns,
} from "../../test/balancer-world.ts";
import { anInvoker } from "../../test/placement-world.ts";
import type { LeftBehind } from "./load-balancer.ts";
import { INVOKER_LOST } from "./lost-record.ts";

const LOST_MS = 30_000;

/** What the bus still has for a lost invoker, and what is done with it. */
function leftOnTheBus(...left: readonly Pick<ReceivedActivation, "activation" | "redelivered">[]) {
  const settled: string[] = [];
  const told: [controller: string, Acknowledgement][] = [];
  let isClosed = false;
  const receiver: ActivationReceiver = {
    invoker: 0,
    onActivation(take) {
      for (const { activation, redelivered } of left) {
        const settle = (): void => void settled.push(activation.activationId);
        take({ activation, redelivered, sentAt: 0, held: () => !isClosed, settle });
      }
      return () => undefined;
    },
    pause: () => undefined,
    resume: () => undefined,
    lag: () => left.length - settled.length,
    acknowledge: async (controller, acknowledgement) => void told.push([controller, acknowledgement]),
    async close() {
      isClosed = true;
    },
  };
  const leftBehind: LeftBehind = {
    openReceiver: async () => receiver,
    actionOf: async ({ action }) => {
      if (action.id === "guest/gone") return undefined;
      const annotations = action.id === "guest/again" ? [{ key: "retry", value: true }] : [];
      return { id: action.id, rev: action.rev ?? "", action: anAction({ annotations }) };
    },
  };
  return { leftBehind, settled, told, isClosed: () => isClosed };
}

function loseInvoker({ registry, clock }: BalancerWorld, dead: number): void {
  registry.tell(...[0, 1].map((at) => anInvoker(at, at === dead ? { health: "offline", heardAt: 9 } : {})));
  clock.advance(LOST_MS);
}

/** Another controller's activation. */
function foreign(id = "guest/hello") {
  const message = blockingMessage({ action: { id, rev: "1-a", action: anAction() }, activationId: anActivationId() });
  return { message, activation: travelling(message, "1") };
}

describe("what the bus still has for a lost invoker", () => {
  test("and was never handed to it, is run elsewhere: this controller's own", async ({ expect }) => {
    const message = blockingMessage();
    const bus = leftOnTheBus({ activation: travelling(message, "0"), redelivered: false });
    const world = balancerWorld(2, bus);
    const { result } = await world.balancer.dispatch(message);
    const dead = world.sender.sent[0]?.invoker ?? 0;
    loseInvoker(world, dead);
    await turns();
    expect(world.sender.sent.map(({ invoker }) => invoker)).toEqual([dead, 1 - dead]);
    world.sender.acknowledge(combined(message, 1 - dead, recordOf(message)));

    expect(await result).toEqual(recordOf(message));
    expect(bus.settled).toEqual([message.activationId]);
    expect(world.balancer.load()).toMatchObject({ moved: 1, lost: 0, bookedMb: { managed: 0 } });
  });

  test("and may have been begun, ends in a record that says so, and both controllers hear of it", async ({
    expect,
  }) => {
    const own = blockingMessage();
    const other = foreign();
    const bus = leftOnTheBus(
      { activation: travelling(own, "0"), redelivered: true },
      { activation: other.activation, redelivered: true },
    );
    const world = balancerWorld(2, bus);
    const { result } = await world.balancer.dispatch(own);
    loseInvoker(world, world.sender.sent[0]?.invoker ?? 0);
    expect((await result).response.result).toEqual({ error: INVOKER_LOST });
    await turns();

    const record = await world.activations.get("guest", other.message.activationId);
    expect(record?.response).toEqual({ statusCode: 3, result: { error: INVOKER_LOST } });
    expect(bus.told).toMatchObject([["1", { kind: "combined", isSystemError: true, activation: record }]]);
    expect(bus.settled).toHaveLength(2);
    expect(world.sender.sent).toHaveLength(1);
  });

  test("and may have been begun, is run elsewhere if its action says that a second run does no harm", async ({
    expect,
  }) => {
    const annotations = [{ key: "retry", value: true }];
    const message = blockingMessage({ action: { id: "guest/again", rev: "1-a", action: anAction({ annotations }) } });
    const bus = leftOnTheBus({ activation: travelling(message, "0"), redelivered: true });
    const world = balancerWorld(2, bus);
    const { result } = await world.balancer.dispatch(message);
    const dead = world.sender.sent[0]?.invoker ?? 0;
    loseInvoker(world, dead);
    await turns();
    expect(world.sender.sent.map(({ invoker }) => invoker)).toEqual([dead, 1 - dead]);
    world.sender.acknowledge(combined(message, 1 - dead, recordOf(message)));

    expect(await result).toEqual(recordOf(message));
    expect(bus.settled).toEqual([message.activationId]);
    expect(world.balancer.load()).toMatchObject({ moved: 1, lost: 0, bookedMb: { managed: 0 } });
  });

  test("of another controller, is run for it where that does no harm, and it is told first and last", async ({
    expect,
  }) => {
    const [unseen, again] = [foreign(), foreign("guest/again")];
    const bus = leftOnTheBus(
      { activation: unseen.activation, redelivered: false },
      { activation: again.activation, redelivered: true },
    );
    const world = balancerWorld(2, bus);
    loseInvoker(world, 0);
    await turns();
    expect(world.sender.sent.map(({ message }) => message.activationId)).toEqual([
      unseen.message.activationId,
      again.message.activationId,
    ]);
    expect(bus.told.map(([controller, { kind }]) => [controller, kind])).toEqual([
      ["1", "result"],
      ["1", "result"],
    ]);
    const { message } = unseen;
    world.sender.acknowledge(combined(message, 1, recordOf(message)));
    await turns();

    expect(bus.told.at(-1)).toMatchObject(["1", { kind: "combined", activation: recordOf(message) }]);
  });

  test("and has its record already, is not touched, but told", async ({ expect }) => {
    const { activation, message } = foreign();
    const bus = leftOnTheBus({ activation, redelivered: true });
    const world = balancerWorld(2, bus);
    await world.activations.put(recordOf(message));
    loseInvoker(world, 0);
    await turns();

    expect(bus.told).toMatchObject([["1", { kind: "combined", activation: recordOf(message) }]]);
    expect(world.sender.sent).toEqual([]);
  });

  test("and whose action is gone, ends in a record with what is known", async ({ expect }) => {
    const { activation, message } = foreign("guest/gone");
    const world = balancerWorld(2, leftOnTheBus({ activation, redelivered: false }));
    loseInvoker(world, 0);
    await turns();

    expect(await world.activations.get("guest", message.activationId)).toMatchObject({
      name: "gone",
      response: { statusCode: 3 },
    });
  });

  test("is let go of once all is done", async ({ expect }) => {
    const bus = leftOnTheBus({ activation: foreign().activation, redelivered: true });
    const world = balancerWorld(2, bus);
    loseInvoker(world, 0);
    await turns();
    world.clock.advance(1_000);

    expect(bus.isClosed()).toBe(true);
  });

  test("and cannot be had, does not keep what this controller waits for from its end", async ({ expect }) => {
    const openReceiver = () => Promise.reject(new ServiceUnavailable());
    const world = balancerWorld(2, { leftBehind: { openReceiver, actionOf: async () => undefined } });
    const { result } = await world.balancer.dispatch(aMessage());
    loseInvoker(world, world.sender.sent[0]?.invoker ?? 0);

    expect((await result).response.statusCode).toBe(3);
    expect(world.warnings).toHaveLength(1);
  });

  test("and another controller has taken, is left to that for half a minute", async ({ expect }) => {
    const openReceiver = () => new Promise<never>(() => undefined);
    const world = balancerWorld(2, { leftBehind: { openReceiver, actionOf: async () => undefined } });
    const { result } = await world.balancer.dispatch(aMessage());
    loseInvoker(world, world.sender.sent[0]?.invoker ?? 0);
    await turns();
    expect(world.balancer.inFlight.size).toBe(1);
    world.clock.advance(30_000);

    expect((await result).response.statusCode).toBe(3);
  });

  test("what another controller sees to is not ended here", async ({ expect }) => {
    const openReceiver = () => Promise.reject(new ServiceUnavailable());
    const world = balancerWorld(2, { leftBehind: { openReceiver, actionOf: async () => undefined } });
    const message = blockingMessage();
    const { result } = await world.balancer.dispatch(message);
    const { activationId, transid } = message;
    world.sender.acknowledge({ kind: "result", activationId, transid, activation: undefined });
    loseInvoker(world, world.sender.sent[0]?.invoker ?? 0);
    await turns();
    expect(await world.activations.get("guest", activationId)).toBeUndefined();
    world.sender.acknowledge(combined(message, 1, recordOf(message)));

    expect(await result).toEqual(recordOf(message));
  });
});
