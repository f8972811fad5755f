import {
  type Clock,
  type InvokerAnnouncer,
  type InvokerRegistry,
  ServiceUnavailable,
  systemClock,
} from "@meringue/core";
import {
  fakeClock,
  invokerRegistryContract,
  invokersThat,
  kafkaBrokerUnavailable,
  startKafkaBroker,
} from "@meringue/testkit";
import { afterAll, beforeAll, describe, test } from "vitest";
import { kafkaBus } from "../kafka-bus.ts";
import { decodePing, encodePing, type Ping } from "../messages/ping.ts";
import type { PingTopic } from "../ping-topic.ts";
import { pingAnnouncer } from "./ping-announcer.ts";
import { pingRegistry } from "./ping-registry.ts";
import { pingOf, stateOf } from "./ping-state.ts";

const warn = (): void => undefined;

/** A topic of this process. What is said goes through JSON, as over a bus. */
function memoryPings(): PingTopic & { failWith: Error | undefined } {
  const followers = new Set<(ping: Ping) => void>();
  return {
    failWith: undefined,
    async send(ping) {
      if (this.failWith !== undefined) throw this.failWith;
      const json = JSON.parse(JSON.stringify(encodePing(ping)));
      for (const hear of followers) hear(decodePing(json));
    },
    async follow(_name, hear) {
      followers.add(hear);
      return async () => void followers.delete(hear);
    },
  };
}

/** Every announcer has a clock of its own, which stops when it is killed. */
function mortal(clock: Clock): Clock & { die(): void } {
  let dead = false;
  return {
    now: clock.now,
    after: (delayMs, callback) => clock.after(delayMs, () => void (dead || callback())),
    die() {
      dead = true;
    },
  };
}

function worldOf(pings: PingTopic, clock: Clock, pass: (ms: number) => void) {
  const processes = new Map<InvokerAnnouncer, { die(): void }>();
  let controllers = 0;
  return {
    registry: () => pingRegistry({ pings, follower: `controller${controllers++}`, clock }),
    async announcer() {
      const own = mortal(clock);
      const announcer = pingAnnouncer({ pings, clock: own, warn });
      processes.set(announcer, own);
      return announcer;
    },
    async crash(announcer: InvokerAnnouncer) {
      processes.get(announcer)?.die();
      pass(11_000);
    },
    async prove(registry: InvokerRegistry, instance: number) {
      registry.report(instance, "success");
    },
    async [Symbol.asyncDispose]() {
      for (const each of processes.values()) each.die();
    },
  };
}

invokerRegistryContract("pings", async () => {
  const clock = fakeClock();
  return worldOf(memoryPings(), clock, clock.advance);
});

describe("pings", () => {
  test("say all of an invoker, and what only we read is where others do not look", ({ expect }) => {
    const state = {
      ...{
        instance: 3,
        uniqueName: "w3",
        displayedName: "third",
        userMemoryMb: 1_024,
        tags: ["gpu"],
        dedicatedNamespaces: [],
      },
      ...{ freeMemoryMb: 512, warm: { "0a1b2c3d": 2 }, incarnation: "one", draining: true },
    };
    const json = encodePing(pingOf(state));

    expect(Object.keys(json)).toEqual(["name", "isEnabled", "meringue"]);
    expect(json["isEnabled"]).toBe(false);
    expect(stateOf(decodePing(JSON.parse(JSON.stringify(json))))).toEqual(state);
  });

  test("of the original's invokers are understood", ({ expect }) => {
    const text =
      '{"name":{"instance":0,"userMemory":"1073741824 B","instanceType":"invoker","tags":[],"dedicatedNamespaces":[],"uniqueName":"w1","displayedName":"w1"},"isEnabled":true}';
    expect(stateOf(decodePing(JSON.parse(text)))).toMatchObject({ instance: 0, userMemoryMb: 1_024, uniqueName: "w1" });
  });

  test("that say nonsense of what only we tell are believed in the rest", ({ expect }) => {
    const more = { draining: "yes", freeMemoryMb: "much", warm: { a: "b" }, incarnation: 7 };
    const state = stateOf({ invoker: { instance: 0, userMemoryMb: 256 }, isEnabled: true, more });
    expect(state).toEqual({ instance: 0, userMemoryMb: 256 });
  });

  test("are sent every second, and go on after the way was lost", async ({ expect }) => {
    const clock = fakeClock();
    const pings = memoryPings();
    const heard: number[] = [];
    await pings.follow("me", () => heard.push(clock.now()));
    const warnings: string[] = [];
    const announcer = pingAnnouncer({ pings, clock, warn: (text) => warnings.push(text) });
    await announcer.announce({ instance: 0, userMemoryMb: 256 });
    clock.advance(3_000);
    expect(heard).toHaveLength(4);
    pings.failWith = new ServiceUnavailable();
    clock.advance(5_000);
    await new Promise(setImmediate);
    pings.failWith = undefined;
    clock.advance(1_000);

    expect([heard.length, warnings.length]).toEqual([5, 1]);
    await announcer.leave();
  });
});

describe.skipIf(kafkaBrokerUnavailable() !== undefined)("pings over a Kafka broker", () => {
  let broker: Awaited<ReturnType<typeof startKafkaBroker>>;
  beforeAll(async () => {
    broker = await startKafkaBroker();
  }, 90_000);
  afterAll(() => broker.stop());

  test("an invoker comes, says something else, dies, and comes back", { timeout: 60_000 }, async ({ expect }) => {
    const bus = kafkaBus({ brokers: [broker.address], clientId: "pings" }, () => undefined);
    const world = worldOf(bus.pings, systemClock, () => undefined);
    const registry = await world.registry();
    const first = await world.announcer();
    const state = { instance: 0, uniqueName: "w0", userMemoryMb: 1_024 };
    await first.announce(state);
    await invokersThat(registry, ([one]) => one?.health === "unhealthy");
    registry.report(0, "success");
    await first.announce({ ...state, freeMemoryMb: 99 });
    await invokersThat(registry, ([one]) => one?.health === "healthy" && one.freeMemoryMb === 99);
    await world.crash(first);
    await invokersThat(registry, ([one]) => one?.health === "offline");
    const second = await world.announcer();
    await second.announce({ ...state, incarnation: "two" });
    const [back] = await invokersThat(registry, ([one]) => one?.incarnation === "two");
    expect(back?.health).toBe("unhealthy");
    await second.leave();
    await invokersThat(registry, ([one]) => one?.health === "offline");

    await registry.close();
    await bus.close();
  });
});
