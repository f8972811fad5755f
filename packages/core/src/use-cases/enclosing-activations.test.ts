import { describe, test } from "vitest";
import { programWorld } from "../../test/program-world.ts";
import { ServiceUnavailable } from "../domain/errors.ts";
import type { Json } from "../domain/json.ts";
import type { ActivationEvent } from "../ports/activation-feed.ts";
import type { ActivationJournal } from "../ports/activation-journal.ts";
import type { StoreLevels } from "./kept-records.ts";
import { recoverEnclosing } from "./recover-enclosing.ts";

const STOPPED = "The server stopped while the sequence was running; it was not continued.";
const stopped = { statusCode: 3, result: { error: STOPPED } };

/** A world with a sequence `s` of two components, of which the first waits for `go`. */
async function slowWorld(options?: Parameters<typeof programWorld>[0]) {
  const world = programWorld(options);
  const go = Promise.withResolvers<Json>();
  await world.define("slow", () => go.promise);
  await world.define("last", () => ({ last: 1 }));
  await world.sequence("s", ["slow", "last"]);
  return Object.assign(world, { go });
}

describe("a sequence that nobody waits for", () => {
  test("is accepted once that is synced, and then goes on", async ({ expect }) => {
    const accepted: unknown[] = [];
    const world = await slowWorld({
      journal: (journal) => ({
        ...journal,
        async accept(message, durable) {
          accepted.push([message.action.id, message.enclosing, durable]);
          return journal.accept(message, durable);
        },
      }),
    });
    const { activationId, activation } = await world.call("s", {}, false);
    expect([activation, accepted]).toEqual([undefined, [["guest/s", true, true]]]);
    expect(await world.recordOf(activationId)).toBeUndefined();

    world.go.resolve({});
    await world.enclosings.close(1_000);
    expect((await world.recordOf(activationId))?.response.result).toEqual({ last: 1 });
  });

  test("is refused, and nothing of it run, when that cannot be noted", async ({ expect }) => {
    const refuse = (journal: ActivationJournal): ActivationJournal => ({
      ...journal,
      accept: async () => {
        throw new ServiceUnavailable();
      },
    });
    const world = await slowWorld({ journal: refuse });

    await expect(world.call("s", {}, false)).rejects.toThrow(ServiceUnavailable);
    await expect(world.call("s", {}, true)).rejects.toThrow(ServiceUnavailable);
    expect(world.names).toEqual([]);
    await world.enclosings.close(0);
  });
});

describe("a sequence that runs", () => {
  test("shows the ids of the components that have ended, to its own namespace", async ({ expect }) => {
    const world = await slowWorld();
    const last = Promise.withResolvers<Json>();
    await world.define("held", () => last.promise);
    await world.sequence("t", ["slow", "held"]);
    const { activationId } = await world.call("t", {}, false);
    const { logsOf } = world.enclosings;
    expect([logsOf("guest", activationId), logsOf("other", activationId)]).toEqual([[], undefined]);

    world.go.resolve({});
    while (world.dispatched.length < 2) await turn();
    expect(logsOf("guest", activationId)).toEqual([world.dispatched[0]?.activationId]);

    last.resolve({});
    await world.enclosings.close(1_000);
    expect(logsOf("guest", activationId)).toBeUndefined();
  });

  test("tells those who follow its namespace when it has ended", async ({ expect }) => {
    const world = await slowWorld();
    const told: ActivationEvent[] = [];
    world.feed.subscribe("guest", (event) => told.push(event));
    const { activationId } = await world.call("s", {}, false);
    expect(told).toEqual([]);
    world.go.resolve({});
    await world.enclosings.close(1_000);

    expect(told).toEqual([{ kind: "ended", activation: await world.recordOf(activationId) }]);
  });
});

describe("a sequence that somebody waits for", () => {
  test("goes on when they have waited long enough", async ({ expect }) => {
    const world = await slowWorld();
    const called = world.call("s");
    while (world.dispatched.length === 0) await turn();
    world.clock.advance(60_000);
    const { activationId, activation } = await called;
    expect(activation).toBeUndefined();

    world.go.resolve({});
    await world.enclosings.close(1_000);
    expect((await world.recordOf(activationId))?.response.result).toEqual({ last: 1 });
  });
});

describe("a namespace that keeps no records", () => {
  test("gets none of its sequences, which are settled all the same", async ({ expect }) => {
    const world = await slowWorld({ user: { limits: { storeActivations: false } } });
    world.go.resolve({});
    const { activationId, activation } = await world.call("s");

    expect(activation?.response.result).toEqual({ last: 1 });
    expect(await world.recordOf(activationId)).toBeUndefined();
    expect(await world.journal.restarted().unsettled()).toEqual([]);
  });

  test("gets none of those that were cut off either", async ({ expect }) => {
    const world = await slowWorld({ user: { limits: { storeActivations: false } } });
    const { activationId } = await world.call("s", {}, false);
    const journal = world.journal.restarted();
    expect(await recoverEnclosing({ ...world, journal })).toBe(1);

    expect(await world.recordOf(activationId)).toBeUndefined();
    expect(await journal.unsettled()).toEqual([]);
  });
});

describe("a deployment that keeps only failures", () => {
  const storeLevels: StoreLevels = { blocking: "STORE_FAILURES", nonBlocking: "STORE_FAILURES" };

  test("keeps no sequence that succeeded", async ({ expect }) => {
    const world = await slowWorld({ storeLevels });
    world.go.resolve({});
    const { activationId } = await world.call("s");

    expect(await world.recordOf(activationId)).toBeUndefined();
    expect(await world.journal.restarted().unsettled()).toEqual([]);
  });

  test("keeps those that failed or were cut off", async ({ expect }) => {
    const world = await slowWorld({ storeLevels });
    world.go.resolve({ error: "no" });
    const failed = await world.call("s");
    expect((await world.recordOf(failed.activationId))?.response.statusCode).toBe(1);

    const cut = await slowWorld({ storeLevels });
    const { activationId } = await cut.call("s", {}, false);
    const journal = cut.journal.restarted();
    const told: ActivationEvent[] = [];
    cut.feed.subscribe("guest", (event) => told.push(event));
    expect(await recoverEnclosing({ ...cut, journal, storeLevels })).toBe(1);
    expect(told).toMatchObject([{ kind: "ended", activation: { activationId } }]);
    expect((await cut.recordOf(activationId))?.response).toEqual(stopped);
  });
});

describe("after a crash", () => {
  test("what encloses others gets a record that says so, once", async ({ expect }) => {
    const world = await slowWorld();
    await world.sequence("outer", ["s"]);
    await world.conductor("c", () => ({ action: "slow" }));
    const sequence = await world.call("outer", {}, false);
    const composition = await world.call("c", {}, false);
    while (world.dispatched.length < 3) await turn();
    const journal = world.journal.restarted();
    expect(await recoverEnclosing({ ...world, journal })).toBe(3);
    expect(await recoverEnclosing({ ...world, journal })).toBe(0);

    const outer = await world.recordOf(sequence.activationId);
    expect(outer).toMatchObject({ name: "outer", response: stopped, logs: [], duration: 0 });
    expect(outer?.annotations).toContainEqual({ key: "topmost", value: true });
    const records = await world.activations.list({ namespace: "guest", name: "s" }, { skip: 0, limit: 9 });
    expect(records).toMatchObject([{ cause: sequence.activationId, response: stopped }]);
    const conducted = await world.recordOf(composition.activationId);
    expect(conducted?.annotations).toContainEqual({ key: "conductor", value: true });
    expect(conducted?.response.result).toEqual({ error: STOPPED.replace("sequence", "composition") });
  });
});

describe("a server that stops", () => {
  test("waits for what runs, and begins nothing new", async ({ expect }) => {
    const world = await slowWorld();
    const { activationId } = await world.call("s", {}, false);
    while (world.dispatched.length === 0) await turn();
    const closed = world.enclosings.close(1_000);
    await expect(world.call("s")).rejects.toThrow(ServiceUnavailable);
    world.go.resolve({});
    await closed;

    expect((await world.recordOf(activationId))?.response.result).toEqual({ last: 1 });
  });

  test("ends what takes longer with a record that says so, and runs nothing more of it", async ({ expect }) => {
    const world = await slowWorld();
    await world.sequence("outer", ["s"]);
    const { activationId } = await world.call("outer", {}, false);
    while (world.dispatched.length === 0) await turn();
    const closed = world.enclosings.close(1_000);
    world.clock.advance(1_000);
    await closed;
    const outer = await world.recordOf(activationId);
    expect(outer?.response).toEqual(stopped);

    world.go.resolve({});
    await turn();
    expect(world.names).toEqual(["slow"]);
    expect(await world.recordOf(activationId)).toEqual(outer);
    expect(world.warnings).toEqual([]);
  });
});

/** Lets whatever was promised happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
