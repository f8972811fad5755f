import type { InvokerAnnouncer, InvokerInfo, InvokerOperations, InvokerRegistry, InvokerState } from "@meringue/core";
import { describe, type ExpectStatic, test } from "vitest";

/** A registry with nobody in it. */
export interface RegistryWorld extends AsyncDisposable {
  /** One controller's view. */
  registry(): Promise<InvokerRegistry>;
  /** A new process that may be an invoker. */
  announcer(): Promise<InvokerAnnouncer>;
  /** Kills the process of an announcer: it says no more. Returns at once, or when the registry has had time to notice. */
  crash(announcer: InvokerAnnouncer): Promise<void>;
  /** Lets an invoker that was just announced become one that takes work, where that takes a test activation. */
  prove?(registry: InvokerRegistry, instance: number): Promise<void>;
  /** What operators use; absent where the registry carries no wishes. */
  readonly operations?: InvokerOperations;
}

/** What a registry can do that not all can. */
export interface RegistryAbilities {
  /** Carries operators' wishes to the invokers. */
  readonly wishes?: boolean;
  /** Tells two processes of one number apart. */
  readonly guardsNumbers?: boolean;
}

const PATIENCE_MS = 20_000;

/** Waits until the registry tells what is asked for. @throws Error with what it told last, when it never does. */
export async function invokersThat(
  registry: InvokerRegistry,
  holds: (invokers: readonly InvokerInfo[]) => boolean,
): Promise<readonly InvokerInfo[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly InvokerInfo[]>();
  let last: readonly InvokerInfo[] = [];
  const timer = setTimeout(() => reject(new Error(`the registry told last: ${JSON.stringify(last)}`)), PATIENCE_MS);
  const stop = registry.watch((invokers) => {
    last = invokers;
    if (holds(invokers)) resolve(invokers);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stop();
  }
}

const state = (over: Partial<InvokerState> = {}): InvokerState => ({
  instance: 0,
  uniqueName: "w0",
  displayedName: "first",
  userMemoryMb: 1_024,
  freeMemoryMb: 768,
  warm: { "0a1b2c3d": 2 },
  ...over,
});

/** The contract of {@link InvokerRegistry} and its ends: each adapter's test file calls this with its own maker. */
export function invokerRegistryContract(
  name: string,
  make: () => Promise<RegistryWorld>,
  { wishes = false, guardsNumbers = false }: RegistryAbilities = {},
): void {
  describe(`${name} as an invoker registry`, { timeout: 3 * PATIENCE_MS }, () => {
    comingAndGoing(make);
    saying(make);
    failing(make);
    if (wishes) operating(make);
    if (guardsNumbers) guarding(make);
  });
}

/** A world in which one invoker takes work. */
async function oneHealthy(world: RegistryWorld, over: Partial<InvokerState> = {}) {
  const registry = await world.registry();
  const announcer = await world.announcer();
  const told = state(over);
  await announcer.announce(told);
  await proven(world, registry, told.instance);
  await invokersThat(registry, (invokers) => invokers[told.instance]?.health === "healthy");
  return { registry, announcer, told };
}

async function proven(world: RegistryWorld, registry: InvokerRegistry, instance: number): Promise<void> {
  if (world.prove === undefined) return;
  await invokersThat(registry, (invokers) => invokers[instance]?.health === "unhealthy");
  await world.prove(registry, instance);
}

const isHealth =
  (health: InvokerInfo["health"], instance = 0) =>
  (invokers: readonly InvokerInfo[]) =>
    invokers[instance]?.health === health;

function comingAndGoing(make: () => Promise<RegistryWorld>): void {
  test("one that announces itself is told of, with all that it says", async ({ expect }) => {
    await using world = await make();
    const { registry, told } = await oneHealthy(world);
    const [invoker] = await invokersThat(registry, isHealth("healthy"));

    expect(invoker).toMatchObject(told);
    await registry.close();
  });

  test("who comes later to watch is told at once what is known", async ({ expect }) => {
    await using world = await make();
    const { registry } = await oneHealthy(world);
    let seen: readonly InvokerInfo[] = [];
    registry.watch((invokers) => {
      seen = invokers;
    })();

    expect(seen.map(({ health }) => health)).toEqual(["healthy"]);
    await registry.close();
  });

  test("one that leaves is offline, and its number stays its own", async ({ expect }) => {
    await using world = await make();
    const { registry, announcer } = await oneHealthy(world);
    await announcer.leave();
    const invokers = await invokersThat(registry, isHealth("offline"));

    expect(invokers).toHaveLength(1);
    await announcer.leave();
    await registry.close();
  });

  test("one that dies without a word is offline before long", async () => {
    await using world = await make();
    const { registry, announcer } = await oneHealthy(world);
    await world.crash(announcer);
    await invokersThat(registry, isHealth("offline"));
    await registry.close();
  });

  test("the next process under the number of one that died takes work again", async () => {
    await using world = await make();
    const { registry, announcer, told } = await oneHealthy(world);
    await world.crash(announcer);
    await invokersThat(registry, isHealth("offline"));
    await (await world.announcer()).announce({ ...told, incarnation: "second" });
    await proven(world, registry, 0);
    await invokersThat(registry, ([one]) => one?.health === "healthy" && one.incarnation === "second");
    await registry.close();
  });

  test("numbers that nobody has come between are told as offline", async ({ expect }) => {
    await using world = await make();
    const { registry } = await oneHealthy(world, { instance: 2, uniqueName: "w2" });
    const invokers = await invokersThat(registry, isHealth("healthy", 2));

    expect(invokers.map(({ instance, health }) => [instance, health])).toEqual([
      [0, "offline"],
      [1, "offline"],
      [2, "healthy"],
    ]);
    await registry.close();
  });
}

function saying(make: () => Promise<RegistryWorld>): void {
  test("what an invoker says anew is told to every controller", async () => {
    await using world = await make();
    const { registry, announcer, told } = await oneHealthy(world);
    const other = await world.registry();
    await announcer.announce({ ...told, freeMemoryMb: 512, warm: { ffffffff: 1 } });
    for (const each of [registry, other]) {
      await invokersThat(each, ([one]) => one?.freeMemoryMb === 512 && one.warm?.["ffffffff"] === 1);
      await each.close();
    }
  });

  test("one that says that it drains is told to, until it says otherwise", async () => {
    await using world = await make();
    const { registry, announcer, told } = await oneHealthy(world);
    await announcer.announce({ ...told, draining: true });
    await invokersThat(registry, isHealth("draining"));
    await announcer.announce(told);
    await proven(world, registry, 0);
    await invokersThat(registry, isHealth("healthy"));
    await registry.close();
  });

  test("who has stopped watching hears no more", async ({ expect }) => {
    await using world = await make();
    const { registry, announcer, told } = await oneHealthy(world);
    let calls = 0;
    const stop = registry.watch(() => calls++);
    stop();
    const before = calls;
    await announcer.announce({ ...told, freeMemoryMb: 1 });
    await invokersThat(registry, ([one]) => one?.freeMemoryMb === 1);

    expect(calls).toBe(before);
    await registry.close();
  });
}

function failing(make: () => Promise<RegistryWorld>): void {
  test("one that fails too often takes no work, until it succeeds often enough", async () => {
    await using world = await make();
    const { registry } = await oneHealthy(world);
    for (let time = 0; time < 4; time++) registry.report(0, "system-error");
    await invokersThat(registry, isHealth("unhealthy"));
    for (let time = 0; time < 10; time++) registry.report(0, "success");
    await invokersThat(registry, isHealth("healthy"));
    for (let time = 0; time < 4; time++) registry.report(0, "timeout");
    await invokersThat(registry, isHealth("unresponsive"));
    await registry.close();
  });
}

function operating(make: () => Promise<RegistryWorld>): void {
  test("an operator's wish to drain reaches the invoker, and its end too", async ({ expect }) => {
    await using world = await make();
    const { operations } = world;
    if (operations === undefined) throw new Error("whoever carries wishes has operations");
    const { registry, announcer, told } = await oneHealthy(world);
    const wishes = wishesOf(announcer);
    await operations.drain(0, true);
    await wishes.next(expect, true);
    await announcer.announce({ ...told, draining: true });
    await invokersThat(registry, isHealth("draining"));
    expect((await operations.list()).map(({ instance, health }) => [instance, health])).toEqual([[0, "draining"]]);
    await operations.drain(0, false);
    await wishes.next(expect, false);

    await expect(operations.drain(7, true)).rejects.toThrow();
    await registry.close();
  });
}

function guarding(make: () => Promise<RegistryWorld>): void {
  test("a number that a living process has is refused to another", async ({ expect }) => {
    await using world = await make();
    const { registry, told } = await oneHealthy(world, { incarnation: "one" });
    const second = await world.announcer();

    await expect(second.announce({ ...told, uniqueName: "w1", incarnation: "two" })).rejects.toThrow();
    await registry.close();
  });
}

function wishesOf(announcer: InvokerAnnouncer) {
  const heard: boolean[] = [];
  let wake: () => void = () => undefined;
  announcer.onDrainWish((drain) => {
    heard.push(drain);
    wake();
  });
  return {
    async next(expect: ExpectStatic, drain: boolean): Promise<void> {
      while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      expect(heard.shift()).toBe(drain);
    },
  };
}
