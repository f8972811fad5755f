import { Conflict, type InvokerInfo } from "@meringue/core";
import { fakeClock, memoryInvokerRegistry } from "@meringue/testkit";
import { describe, test } from "vitest";
import { presence } from "./presence.ts";

const identity = { instance: 0, uniqueName: "a", userMemoryMb: 1_024 };

async function world() {
  const clock = fakeClock();
  const hub = memoryInvokerRegistry(clock);
  const use = { busyMemoryMb: 0, warm: {} as Record<string, number> };
  const known: InvokerInfo[][] = [];
  hub.registry().watch((invokers) => known.push([...invokers]));
  const options = { identity, occupancy: () => ({ ...use }), clock, warn: () => undefined };
  const present = await presence({ ...options, announcer: hub.announcer() });
  const now = (): InvokerInfo | undefined => known.at(-1)?.[0];
  return { clock, hub, use, present, now, options };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("an invoker in the registry", () => {
  test("is there at once, and tells what becomes of its memory", async ({ expect }) => {
    const { clock, use, now } = await world();
    expect(now()).toMatchObject({ ...identity, health: "healthy", freeMemoryMb: 1_024, warm: {} });
    use.busyMemoryMb = 256;
    use.warm = { abcd0123: 2 };
    clock.advance(1_000);
    await turn();
    expect(now()).toMatchObject({ freeMemoryMb: 768, warm: { abcd0123: 2 } });
  });

  test("drains when it is told to, here or from afar, and takes work again", async ({ expect }) => {
    const { hub, present, now } = await world();
    await present.drain(true);
    expect([now()?.health, present.draining]).toEqual(["draining", true]);
    await hub.drain(0, false);
    await turn();
    expect([now()?.health, present.draining]).toEqual(["healthy", false]);
  });

  test("is gone at once when it leaves, and silent from then on", async ({ expect }) => {
    const { clock, present, now, use } = await world();
    await present.leave();
    use.busyMemoryMb = 512;
    clock.advance(5_000);
    await turn();
    expect(now()).toMatchObject({ health: "offline", freeMemoryMb: 1_024 });
  });

  test("does not start where another living one has its number", async ({ expect }) => {
    const { hub, options } = await world();
    await expect(presence({ ...options, announcer: hub.announcer() })).rejects.toThrow(Conflict);
  });
});
