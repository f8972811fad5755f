import { type Activation, ServiceUnavailable } from "@meringue/core";
import { aSubject, type FakeScript, identityOf } from "@meringue/testkit";
import { describe, test } from "vitest";
import { HASTY, invokerWorld, messageFor } from "./invoker-world.ts";
import { turn } from "./pool-world.ts";

const HANGS: FakeScript = (call) => (call.kind === "run" ? { raw: null, sentinels: [] } : {});
const guests = (name: string) => identityOf(aSubject({ subject: name }));

/** A script whose runs end when they are released. */
function held() {
  const release = Promise.withResolvers<void>();
  const script: FakeScript = async (call) => {
    if (call.kind === "run") await release.promise;
    return {};
  };
  return { script, release: () => release.resolve() };
}

describe("an invoker", () => {
  test("shows no activation to user code before the journal knows that it starts", async ({ expect }) => {
    const noted = Promise.withResolvers<void>();
    const { ran, events } = invokerWorld({ noting: (event) => (event === "start" ? noted.promise : undefined) });
    const cold = ran();
    await turn();
    expect(events).toEqual(["accept durably"]);
    noted.resolve();
    await cold;
    await ran(messageFor({}, { blocking: true }));

    expect(events).toEqual(["accept durably", "start", "init", "run", "accept", "start", "run"]);
  });

  test("shows no activation to user code before it is accepted, though it gets its container ready", async ({
    expect,
  }) => {
    const noted = Promise.withResolvers<void>();
    const { ran, runtime, events } = invokerWorld({
      noting: (event) => (event === "accept" ? noted.promise : undefined),
    });
    const result = ran();
    await turn();
    expect([runtime.counts.created, events.includes("init")]).toEqual([1, false]);
    noted.resolve();

    expect((await result).response.statusCode).toBe(0);
  });

  test("ends what idles for an action that was changed, and nothing else", async ({ expect }) => {
    const { invoker, ran, runtime } = invokerWorld();
    await ran();
    await turn();
    const before = runtime.counts.removed;
    invoker.changed("guest/other");
    await turn();
    expect(runtime.counts.removed).toBe(before);

    invoker.changed("guest/hello");
    await turn();
    expect(runtime.counts.removed).toBe(before + 1);
  });

  test("refuses what the journal does not accept: it is not run and leaves no record", async ({ expect }) => {
    const trouble = { on: false };
    const { invoker, ran, runtime, events, stored } = invokerWorld({
      async noting(event) {
        if (trouble.on && event === "accept") throw new Error("disk full");
      },
    });
    await ran();
    trouble.on = true;
    const messages = [messageFor({}), messageFor({ limits: { ...HASTY, memory: 128 } })];
    for (const message of messages) await expect(invoker.dispatch(message)).rejects.toThrow("disk full");
    await turn();

    expect(events.filter((event) => event === "init" || event === "run")).toEqual(["init", "run"]);
    expect(await Promise.all(messages.map(stored))).toEqual([undefined, undefined]);
    expect([invoker.inFlight(), runtime.containers.length]).toEqual([[], 1]);
  });

  test("that cannot note a start runs nothing, says whose fault that is, and keeps its warm container", async ({
    expect,
  }) => {
    const trouble = { on: false };
    const { ran, runtime, events } = invokerWorld({
      async noting(event) {
        if (trouble.on && event === "start") throw new Error("disk full");
      },
    });
    await ran();
    trouble.on = true;
    const record = await ran();

    expect([record.response.statusCode, events.filter((event) => event === "run").length]).toEqual([3, 1]);
    expect(runtime.containers.length).toBe(1);
  });

  test("refuses more than may wait, without a trace", async ({ expect }) => {
    const { invoker, events, stored } = invokerWorld({ script: HANGS, memoryMb: 256, queueLimit: 2 });
    for (let i = 0; i < 3; i++) await invoker.dispatch(messageFor({}));
    await turn();
    const before = events.length;
    const refused = messageFor({});
    await expect(invoker.dispatch(refused)).rejects.toThrow(ServiceUnavailable);

    expect([events.length, await stored(refused), invoker.inFlight().length]).toEqual([before, undefined, 3]);
  });

  test("tells what is in flight, and whom a container works for", async ({ expect }) => {
    const { script, release } = held();
    const { invoker, runtime } = invokerWorld({ script });
    const message = messageFor({}, { user: guests("guest") });
    const { result } = await invoker.dispatch(message);
    await turn();
    const name = runtime.containers[0]?.name ?? "";
    expect(invoker.inFlight()).toEqual([[message.activationId, "guest/hello@0.0.1"]]);
    expect([invoker.namespaceOf(name), invoker.namespaceOf("other")]).toEqual(["guest", undefined]);
    release();
    await result;

    expect(invoker.inFlight()).toEqual([]);
  });

  test("tells of nothing that a crash could still make undone: it is in flight once the journal has it", async ({
    expect,
  }) => {
    const noted = Promise.withResolvers<void>();
    const { invoker } = invokerWorld({ noting: (event) => (event === "accept" ? noted.promise : Promise.resolve()) });
    const message = messageFor({});
    const dispatched = invoker.dispatch(message);
    await turn();
    expect(invoker.inFlight()).toEqual([]);

    noted.resolve();
    const { result } = await dispatched;
    expect(invoker.inFlight()).toEqual([[message.activationId, "guest/hello@0.0.1"]]);
    await result;
  });

  test("never lets two namespaces, or two revisions, share a container", async ({ expect }) => {
    const { ran, runtime } = invokerWorld();
    await ran(messageFor({}, { user: guests("alice") }));
    await ran(messageFor({}, { user: guests("bobby") }));
    await ran({ ...messageFor({}, { user: guests("alice") }), action: { ...messageFor({}).action, rev: "2-b" } });

    const seen = runtime.containers.map((container) =>
      container.calls.map((call) => (call.kind === "run" ? call.body["namespace"] : "init")),
    );
    expect(seen).toEqual([
      ["init", "alice"],
      ["init", "bobby"],
      ["init", "alice"],
    ]);
  });

  test("runs as many at a time in one container as the action allows, each with its own answer", async ({ expect }) => {
    const waiting: (() => void)[] = [];
    const { invoker, runtime } = invokerWorld({
      script(call) {
        if (call.kind === "init") return {};
        return new Promise((resolve) => waiting.push(() => resolve({ body: { id: call.id }, stdout: `${call.id}\n` })));
      },
    });
    const limits = { timeout: 60_000, memory: 256, logs: 10, concurrency: 3 };
    const messages = Array.from({ length: 3 }, () => messageFor({ limits }));
    const results: Promise<Activation>[] = [];
    for (const message of messages) results.push((await invoker.dispatch(message)).result);
    await turn();
    for (const end of waiting.reverse()) end();
    const records = await Promise.all(results);

    expect(runtime.counts.created).toBe(1);
    for (const [index, record] of records.entries()) {
      const id = messages[index]?.activationId;
      expect([record.activationId, record.response.result, record.logs.length]).toEqual([id, { id }, 1]);
    }
  });

  test("lets others in a container go on when one of them takes too long", async ({ expect }) => {
    const release = Promise.withResolvers<void>();
    const limits = { timeout: 60_000, memory: 256, logs: 10, concurrency: 3 };
    const slow = messageFor({ limits: { ...limits, timeout: 30 } });
    const { invoker } = invokerWorld({
      async script(call) {
        if (call.kind === "run") await release.promise;
        return {};
      },
    });
    const first = (await invoker.dispatch(slow)).result;
    const second = (await invoker.dispatch(messageFor({ limits }))).result;
    expect((await first).response.statusCode).toBe(2);
    release.resolve();

    expect((await second).response.statusCode).toBe(0);
  });

  test("moves an activation on from a container that is shutting down", async ({ expect }) => {
    let answers = 0;
    const { ran, runtime } = invokerWorld({
      script: (call) => (call.kind === "run" && ++answers === 1 ? { status: 503 } : {}),
    });
    const record = await ran();

    expect([record.response.statusCode, runtime.counts.created]).toEqual([0, 2]);
  });

  test("does not move an activation on for ever", async ({ expect }) => {
    const { ran, runtime, activations } = invokerWorld({
      script: (call) => (call.kind === "run" ? { status: 503 } : {}),
    });
    const record = await ran();

    expect(record.response).toEqual({
      statusCode: 3,
      result: { error: "Failed to provision resources to run the action." },
    });
    expect([runtime.counts.created, await activations.count({ namespace: "guest" })]).toEqual([4, 1]);
  });

  test("does not run again what a container may have seen before it died", async ({ expect }) => {
    const { ran, runtime, events } = invokerWorld({
      script: (call) => (call.kind === "run" ? { raw: null, exit: { reason: "exited", code: 1 } } : {}),
    });
    await ran();
    await turn();

    expect([events.filter((event) => event === "run").length, runtime.containers.length]).toEqual([1, 0]);
  });

  test("keeps stem cells as the manifest says, uses them and replaces them", async ({ expect }) => {
    const { invoker, ran, runtime } = invokerWorld({
      whyNot: (kind) => (kind === "nodejs:24" ? undefined : "not here"),
    });
    invoker.warmUp();
    await turn();
    expect(runtime.containers.map(({ spec }) => [spec.kind, spec.memoryMb])).toEqual([
      ["nodejs:24", 256],
      ["nodejs:24", 256],
    ]);
    const first = runtime.containers[0];
    await ran();
    await turn();

    expect([first?.calls.length, runtime.counts.created]).toEqual([2, 3]);
  });
});
