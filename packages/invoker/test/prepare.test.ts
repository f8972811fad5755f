import { anAction } from "@meringue/testkit";
import { describe, test } from "vitest";
import { invokerWorld, messageFor } from "./invoker-world.ts";
import { turn } from "./pool-world.ts";

const action = (over: Parameters<typeof anAction>[0] = {}, rev = "1-a") => ({
  id: "guest/hello",
  rev,
  action: anAction(over),
});

describe("the hint that an action is coming", () => {
  test("has a cell ready for it, once", async ({ expect }) => {
    const { invoker, ran, runtime } = invokerWorld();
    invoker.prepare?.(action(), "guest");
    invoker.prepare?.(action(), "guest");
    await turn();
    expect(runtime.counts.created).toBe(1);

    await ran();
    expect(runtime.counts.created).toBe(1);
  });

  test("starts nothing for what has a container already, even a busy one", async ({ expect }) => {
    const { invoker, ran, runtime } = invokerWorld();
    await ran(messageFor({}));
    invoker.prepare?.(action(), "guest");
    await turn();
    expect(runtime.counts.created).toBe(1);

    invoker.prepare?.(action({}, "2-b"), "guest");
    invoker.prepare?.(action(), "other");
    await turn();
    expect(runtime.counts.created).toBe(2);
  });

  test("takes no memory from others, and pulls no user's image", async ({ expect }) => {
    const { invoker, runtime } = invokerWorld({ memoryMb: 256 });
    invoker.prepare?.(action({ limits: { timeout: 1, memory: 512, logs: 1, concurrency: 1 } }), "guest");
    const exec = { type: "blackbox", kind: "blackbox", image: "user/img", binary: false, hasCode: false } as const;
    invoker.prepare?.(action({ exec }), "guest");
    await turn();

    expect(runtime.counts.created).toBe(0);
  });
});

describe("sequences and compositions that a kill cut off", () => {
  test("are not for the invoker to run, or to record", async ({ expect }) => {
    const world = invokerWorld();
    const message = messageFor({}, { enclosing: true });
    await world.journal.accept(message, true);
    const next = world.killed();

    expect(await next.invoker.recover()).toBe(0);
    await turn();
    expect([next.events, await next.stored(message)]).toEqual([[], undefined]);
    expect((await next.journal.unsettled()).length).toBe(1);
  });
});
