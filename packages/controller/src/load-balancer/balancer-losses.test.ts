import { aMessage, anAction, anActivation, anActivationId } from "@meringue/testkit";
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
import { INVOKER_LOST, NOT_ACKNOWLEDGED } from "./lost-record.ts";

const FORCED_MS = 180_000;

/** One of the invokers is heard no more. */
function silence({ registry, sender }: BalancerWorld): number {
  const dead = sender.sent[0]?.invoker ?? 0;
  registry.tell(...[0, 1].map((at) => anInvoker(at, at === dead ? { health: "offline", heardAt: 9 } : {})));
  return dead;
}

describe("an activation whose completion never comes", () => {
  test("gives its slot back after twice its time and a minute, and its invoker hears of that", async ({ expect }) => {
    const { balancer, clock, registry } = balancerWorld();
    const { ended } = await balancer.dispatch(aMessage());
    clock.advance(FORCED_MS - 1);
    expect(balancer.load().bookedMb.managed).toBe(256);
    clock.advance(1);
    await ended;

    expect(balancer.load()).toMatchObject({ bookedMb: { managed: 0 }, completions: { forced: 1 } });
    expect(registry.reports.map(({ outcome }) => outcome)).toEqual(["timeout"]);
  });

  test("waits longer where its action may run longer", async ({ expect }) => {
    const { balancer, clock } = balancerWorld();
    const limits = { timeout: 300_000, memory: 256, logs: 10, concurrency: 1 };
    await balancer.dispatch(aMessage({ action: { id: "guest/long", rev: "1-a", action: anAction({ limits }) } }));
    clock.advance(660_000 - 1);
    expect(balancer.load().completions.forced).toBe(0);
    clock.advance(1);
    expect(balancer.load().completions.forced).toBe(1);
  });

  test("may still come: the slot is not freed twice, and whoever waits gets the record", async ({ expect }) => {
    const { balancer, clock, sender } = balancerWorld();
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    clock.advance(FORCED_MS);
    sender.acknowledge(combined(message, 0, recordOf(message)));

    expect(await result).toEqual(recordOf(message));
    expect(balancer.load()).toMatchObject({ bookedMb: { managed: 0 }, completions: { regularAfterForced: 1 } });
  });

  test("ends in a record that says so when it does not come for as long again", async ({ expect }) => {
    const { balancer, clock, activations } = balancerWorld();
    const message = aMessage();
    const { result } = await balancer.dispatch(message);
    clock.advance(2 * FORCED_MS);
    const record = await result;

    expect(record.response).toEqual({ statusCode: 3, result: { error: NOT_ACKNOWLEDGED } });
    expect(await activations.get("guest", message.activationId)).toEqual(record);
  });
});

describe("what a lost invoker had", () => {
  test("ends, after a while, in a record that says that it was lost", async ({ expect }) => {
    const world = balancerWorld();
    const { balancer, clock, activations } = world;
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    silence(world);
    clock.advance(29_999);
    await turns();
    expect(await activations.get("guest", message.activationId)).toBeUndefined();
    clock.advance(1);
    const record = await result;

    expect(record.response).toEqual({ statusCode: 3, result: { error: INVOKER_LOST } });
    expect(await activations.get("guest", message.activationId)).toEqual(record);
    expect(balancer.load()).toMatchObject({ inFlight: 0, lost: 1, bookedMb: { managed: 0 } });
  });

  test("keeps the record that the invoker had stored before it died", async ({ expect }) => {
    const world = balancerWorld();
    const message = blockingMessage();
    const { result } = await world.balancer.dispatch(message);
    await world.activations.put(recordOf(message));
    silence(world);
    world.clock.advance(30_000);

    expect(await result).toEqual(recordOf(message));
  });

  test("and had told of, but not stored, is stored as it was told", async ({ expect }) => {
    const world = balancerWorld();
    const message = blockingMessage();
    const { result } = await world.balancer.dispatch(message);
    const { activationId, transid } = message;
    world.sender.acknowledge({ kind: "result", activationId, transid, activation: recordOf(message) });
    await result;
    silence(world);
    world.clock.advance(30_000);
    await turns();

    expect(await world.activations.get("guest", activationId)).toEqual(recordOf(message));
    expect(world.balancer.inFlight.size).toBe(0);
  });

  test("is left to the invoker when that comes back in time", async ({ expect }) => {
    const world = balancerWorld();
    const { balancer, clock, registry, sender } = world;
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    silence(world);
    clock.advance(20_000);
    registry.tell(anInvoker(0), anInvoker(1));
    clock.advance(60_000);
    await turns();
    expect(balancer.inFlight.size).toBe(1);
    sender.acknowledge(combined(message, 0, recordOf(message)));

    expect(await result).toEqual(recordOf(message));
  });

  test("is run elsewhere if its action says that a second run does no harm", async ({ expect }) => {
    const world = balancerWorld();
    const { balancer, clock, sender } = world;
    const annotations = [{ key: "retry", value: true }];
    const message = blockingMessage({ action: { id: "guest/again", rev: "1-a", action: anAction({ annotations }) } });
    const { result } = await balancer.dispatch(message);
    const dead = silence(world);
    clock.advance(30_000);
    await turns();
    expect(sender.sent.map(({ invoker }) => invoker)).toEqual([dead, 1 - dead]);
    sender.acknowledge(combined(message, 1 - dead, recordOf(message)));

    expect(await result).toEqual(recordOf(message));
    expect(balancer.load()).toMatchObject({ moved: 1, lost: 0, bookedMb: { managed: 0 } });
  });

  test("is not run elsewhere any more when it has ended while it waited for room there", async ({ expect }) => {
    const world = balancerWorld();
    const { balancer, clock, sender, registry } = world;
    const annotations = [{ key: "retry", value: true }];
    const message = blockingMessage({ action: { id: "guest/again", rev: "1-a", action: anAction({ annotations }) } });
    const { result } = await balancer.dispatch(message);
    const dead = sender.sent[0]?.invoker ?? 0;
    for (let filled = 1; filled < 8; filled++) {
      await balancer.dispatch(blockingMessage({ activationId: anActivationId() }));
    }
    registry.tell(...[0, 1].map((at) => anInvoker(at, at === dead ? { health: "offline", heardAt: 9 } : {})));
    clock.advance(30_000);
    await turns();
    expect(sender.sent).toHaveLength(8);

    sender.acknowledge(combined(message, dead, recordOf(message)));
    expect(await result).toEqual(recordOf(message));
    for (const { invoker, message: other } of sender.sent) {
      if (invoker !== dead) sender.acknowledge(combined(other, invoker, recordOf(other)));
    }
    await turns();
    expect(sender.sent).toHaveLength(8);
    expect(balancer.load()).toMatchObject({ moved: 0, bookedMb: { managed: 0 } });
  });

  test("is settled late when the store is away, not never", async ({ expect }) => {
    const world = balancerWorld();
    const { balancer, clock, activations } = world;
    const message = blockingMessage();
    const { result } = await balancer.dispatch(message);
    const { put } = activations;
    activations.put = () => Promise.reject(new Error("away"));
    silence(world);
    clock.advance(30_000);
    await turns();
    activations.put = put;
    clock.advance(1_000);

    expect((await result).response.statusCode).toBe(3);
    expect(world.warnings).toHaveLength(1);
  });

  test("leaves no record where its namespace wants none", async ({ expect }) => {
    const world = balancerWorld();
    const { user } = aMessage();
    const message = blockingMessage({ user: { ...user, limits: { storeActivations: false } } });
    const { result } = await world.balancer.dispatch(message);
    silence(world);
    world.clock.advance(30_000);

    expect((await result).response.statusCode).toBe(3);
    expect(await world.activations.get("guest", message.activationId)).toBeUndefined();
  });
});

describe("an invoker that is not well", () => {
  const healthTest = {
    action: { id: "whisk.system/test", rev: "", action: anAction() },
    user: aMessage().user,
  };

  test("is tried at once, every minute, and after each success", ({ expect }) => {
    const { clock, registry, sender, balancer } = balancerWorld(0, { healthTest });
    registry.tell(anInvoker(0, { health: "unhealthy" }));
    expect(sender.sent).toHaveLength(1);
    clock.advance(60_000);
    expect(sender.sent).toHaveLength(2);
    const [first] = sender.sent;
    if (first !== undefined) sender.acknowledge(combined(first.message, 0, anActivation()));
    expect(sender.sent).toHaveLength(3);
    registry.tell(anInvoker(0));
    clock.advance(120_000);

    expect(sender.sent).toHaveLength(3);
    expect(balancer.load()).toMatchObject({ completions: { healthcheck: 1 }, inFlight: 0 });
    expect(registry.reports[0]).toEqual({ instance: 0, outcome: "success" });
  });

  test("a test that never ends counts as a timeout, and leaves no record", async ({ expect }) => {
    const { clock, registry, sender, activations } = balancerWorld(0, { healthTest });
    registry.tell(anInvoker(0, { health: "unhealthy" }));
    clock.advance(FORCED_MS);
    await turns();

    expect(registry.reports).toContainEqual({ instance: 0, outcome: "timeout" });
    expect(await activations.get("guest", sender.sent[0]?.message.activationId ?? "")).toBeUndefined();
  });
});
