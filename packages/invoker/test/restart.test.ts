import { type Activation, type ActivationMessage, ServiceUnavailable } from "@meringue/core";
import { anActivationId, anIdentity, type FakeScript } from "@meringue/testkit";
import { describe, test } from "vitest";
import { annotation, invokerWorld, messageFor } from "./invoker-world.ts";
import { turn } from "./pool-world.ts";

const HANGS: FakeScript = (call) => (call.kind === "run" ? { raw: null, sentinels: [] } : {});
const STOPPED = {
  statusCode: 3,
  result: { error: "The server stopped while the action was running; it was not run again." },
};

/** A script whose runs end when they are released. */
function held() {
  const release = Promise.withResolvers<void>();
  const script: FakeScript = async (call) => {
    if (call.kind === "run") await release.promise;
    return {};
  };
  return { script, release: () => release.resolve() };
}

describe("after a kill", () => {
  test("what no user code had seen is run, and what it had seen ends as our fault: one record each", async ({
    expect,
  }) => {
    const world = invokerWorld({ script: HANGS, memoryMb: 256 });
    const messages = Array.from({ length: 3 }, () => messageFor({}));
    const quiet = messageFor({}, { user: anIdentity({ limits: { storeActivations: false } }) });
    for (const message of [...messages, quiet]) await world.invoker.dispatch(message);
    await turn();
    const next = world.killed({ script: () => ({ body: { again: true } }) });
    expect(await next.invoker.recover()).toBe(4);
    while (next.invoker.inFlight().length > 0) await turn();
    const records = await Promise.all(messages.map(next.stored));

    expect(records.map((record) => record?.response)).toEqual([
      STOPPED,
      { statusCode: 0, result: { again: true }, size: 14 },
      { statusCode: 0, result: { again: true }, size: 14 },
    ]);
    expect(annotation(records[0] as Activation, "kind")).toBe("nodejs:24");
    expect(await next.stored(quiet)).toBeUndefined();
    expect(await next.journal.restarted().unsettled()).toEqual([]);
    expect(await next.activations.count({ namespace: "guest" })).toBe(3);
  });

  test("what user code had seen is run again where its action is annotated retry", async ({ expect }) => {
    const world = invokerWorld({ script: HANGS });
    const message = messageFor({ annotations: [{ key: "retry", value: true }] });
    const truthy = messageFor({ annotations: [{ key: "retry", value: "yes" }] });
    await Promise.all([world.invoker.dispatch(message), world.invoker.dispatch(truthy)]);
    await turn();
    const next = world.killed({ script: () => ({ body: { again: true } }) });
    expect(await next.invoker.recover()).toBe(2);
    while (next.invoker.inFlight().length > 0) await turn();

    expect((await next.stored(message))?.response.result).toEqual({ again: true });
    expect((await next.stored(truthy))?.response).toEqual(STOPPED);
    expect(await next.journal.restarted().unsettled()).toEqual([]);
  });

  test("an activation whose record was stored just before is left alone", async ({ expect }) => {
    const world = invokerWorld();
    await world.ran();

    expect(await world.killed().invoker.recover()).toBe(0);
  });

  test("of the process that recovered, too, nothing is run twice", async ({ expect }) => {
    const world = invokerWorld({ script: HANGS, memoryMb: 256 });
    const messages = [messageFor({}), messageFor({})];
    for (const message of messages) await world.invoker.dispatch(message);
    await turn();
    const second = world.killed({ script: HANGS, memoryMb: 256 });
    await second.invoker.recover();
    await turn();
    const third = second.killed();
    await third.invoker.recover();
    while (third.invoker.inFlight().length > 0) await turn();
    const records = await Promise.all(messages.map(third.stored));

    expect(records.map((record) => record?.response)).toEqual([STOPPED, STOPPED]);
    expect(third.runtime.counts.created).toBe(0);
  });
});

describe("an invoker that is closed", () => {
  test("lets what runs end, and leaves what waits for the next start", async ({ expect }) => {
    const { script, release } = held();
    const world = invokerWorld({ script, memoryMb: 256 });
    const [running, waiting] = [messageFor({}), messageFor({})];
    const { result } = await world.invoker.dispatch(running);
    await world.invoker.dispatch(waiting);
    await turn();
    const closed = world.invoker.close(10_000);
    await expect(world.invoker.dispatch(messageFor({}))).rejects.toThrow(ServiceUnavailable);
    release();
    await closed;

    expect((await result).response.statusCode).toBe(0);
    expect([await world.stored(waiting), world.runtime.memoryMb]).toEqual([undefined, 0]);
    const next = world.killed();
    expect(await next.invoker.recover()).toBe(1);
    while (next.invoker.inFlight().length > 0) await turn();
    expect((await next.stored(waiting))?.response.statusCode).toBe(0);
  });

  test("leaves what may run again to the next start when it does not end in time", async ({ expect }) => {
    const world = invokerWorld({ script: HANGS });
    const message = messageFor({ annotations: [{ key: "retry", value: true }] });
    await world.invoker.dispatch(message);
    await turn();
    const closed = world.invoker.close(1_000);
    world.clock.advance(1_000);
    await closed;
    expect(await world.stored(message)).toBeUndefined();

    const next = world.killed();
    expect(await next.invoker.recover()).toBe(1);
    while (next.invoker.inFlight().length > 0) await turn();
    expect((await next.stored(message))?.response.statusCode).toBe(0);
  });

  test.for(["connection-lost", "command-exited"] as const)(
    "ends what does not end in time as its own fault, when a launcher's end means %s",
    async (whenGone, { expect }) => {
      const world = invokerWorld({ script: HANGS, whenGone });
      const { result } = await world.invoker.dispatch(messageFor({}));
      await turn();
      const closed = world.invoker.close(1_000);
      world.clock.advance(1_000);
      await closed;

      expect((await result).response).toEqual(STOPPED);
      expect([world.runtime.memoryMb, await world.killed().invoker.recover()]).toEqual([0, 0]);
    },
  );

  test("waits for records that are still being stored", async ({ expect }) => {
    const world = invokerWorld({ codeOf: () => Promise.reject(new Error("down")) });
    const message: ActivationMessage = messageFor({}, { activationId: anActivationId() });
    await world.invoker.dispatch(message);
    await turn();
    await world.invoker.close(0);

    expect((await world.stored(message))?.response.statusCode).toBe(3);
  });
});
