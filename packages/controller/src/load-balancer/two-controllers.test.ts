import type { Activation, ActivationReceiver, ReceivedActivation } from "@meringue/core";
import {
  aMessage,
  anAction,
  anActivationId,
  type FakeClock,
  fakeClock,
  memoryActivationBus,
  memoryActivationStore,
  memoryInvokerRegistry,
} from "@meringue/testkit";
import { describe, test } from "vitest";
import { recordOf, turns } from "../../test/balancer-world.ts";
import { loadBalancer } from "./load-balancer.ts";

/** A cluster without machines: two controllers, some invokers, a bus, a registry and a store that they share. */
async function cluster() {
  const clock = fakeClock();
  const bus = memoryActivationBus();
  const hub = memoryInvokerRegistry(clock);
  const activations = memoryActivationStore();
  const runs: string[] = [];
  const controllers = await Promise.all(
    ["0", "1"].map(async (id) =>
      loadBalancer({
        sender: await bus.openSender(id),
        registry: hub.registry(),
        activations,
        clock,
        ids: { activationId: anActivationId, transactionId: anActivationId },
        limits: { timeoutMs: [100, 60_000, 300_000] },
        controllers: () => 2,
        leftBehind: {
          openReceiver: (instance) => bus.openReceiver(instance, `controller${id}`),
          actionOf: async ({ action }) => ({ id: action.id, rev: action.rev ?? "", action: anAction() }),
        },
        warn: () => undefined,
      }),
    ),
  );
  /** Runs what it takes after so long, and records it before it says so. */
  const startInvoker = async (instance: number, runMs: number) => {
    const announcer = hub.announcer();
    await announcer.announce({ instance, userMemoryMb: 8_192 });
    const worker = invokerOn(await bus.openReceiver(instance), clock, runMs, async (id, record) => {
      runs.push(id);
      await activations.put(record);
    });
    return {
      async kill() {
        announcer.crash();
        await worker.kill();
      },
    };
  };
  /** Lets so much time go by, with everything that happens meanwhile. */
  const pass = async (ms: number): Promise<void> => {
    for (let gone = 0; gone < ms; gone += 250) {
      clock.advance(250);
      await turns();
    }
  };
  return { controllers, startInvoker, activations, runs, pass };
}

function invokerOn(
  receiver: ActivationReceiver,
  clock: FakeClock,
  runMs: number,
  run: (activationId: string, record: Activation) => Promise<void>,
) {
  let alive = true;
  const take = async ({ activation, settle }: ReceivedActivation): Promise<void> => {
    await new Promise<void>((resolve) => clock.after(runMs, resolve));
    if (!alive) return;
    const { activationId, transid, controller } = activation;
    const record = recordOf(aMessage({ activationId, user: activation.user }));
    await run(activationId, record);
    settle();
    const invoker = { instance: receiver.invoker, userMemoryMb: 8_192 };
    const isSystemError = false;
    await receiver.acknowledge(controller, {
      kind: "combined",
      ...{ activationId, transid, activation: record, isSystemError, invoker },
    });
  };
  receiver.onActivation((received) => void take(received));
  return {
    async kill() {
      alive = false;
      await receiver.close();
    },
  };
}

describe("two controllers and three invokers, of which one dies for good", () => {
  test("every activation ends in one record, runs once at most, and nothing stays booked", async ({ expect }) => {
    const { controllers, startInvoker, activations, runs, pass } = await cluster();
    const invokers = await Promise.all([0, 1, 2].map((instance) => startInvoker(instance, 2_000)));
    const messages = Array.from({ length: 60 }, (_, n) => {
      const id = `guest/action${n % 7}`;
      return aMessage({ blocking: n % 2 === 0, action: { id, rev: "1-a", action: anAction() } });
    });
    const results = messages.map(async (message, n) => (await controllers[n % 2]?.dispatch(message))?.result);
    await pass(1_000);
    await invokers[0]?.kill();
    await pass(80_000);
    const records = await Promise.all(results);

    const ids = messages.map(({ activationId }) => activationId);
    expect(records.map((record) => record?.activationId)).toEqual(ids);
    const stored = await Promise.all(ids.map((id) => activations.get("guest", id)));
    expect(stored).toEqual(records);
    expect(new Set(runs).size).toBe(runs.length);
    const lost = records.filter((record) => record?.response.statusCode === 3);
    expect([lost.length > 0, lost.length + runs.length]).toEqual([true, 60]);
    for (const each of controllers) {
      expect(each.load()).toMatchObject({ inFlight: 0, waiting: 0, bookedMb: { managed: 0, blackbox: 0 } });
      await each.close(0);
    }
  });
});
