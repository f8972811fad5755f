import { aPackage } from "@meringue/testkit";
import { describe, test } from "vitest";
import { type Behaviour, Crash, type ProgramWorld, programWorld, TOOK_MS } from "../../test/program-world.ts";
import { InternalError, ServiceUnavailable } from "../domain/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import type { EntityName } from "../domain/names.ts";

const failed = (statusCode: number, error: string) => ({ statusCode, result: { error } });
const TOO_MANY = "Too many actions in the composition.";
const FAILED = "Activation failure during composition.";

/** A conductor that returns one of these after the other, whatever it is given. */
function script(...results: readonly (Json | undefined)[]): Behaviour {
  let next = 0;
  return () => results[Math.min(next++, results.length - 1)];
}

/** What the conductor was given, run by run. */
const given = (world: ProgramWorld, name = "c") =>
  world.dispatched.filter(({ action }) => action.action.name === name).map(({ args }) => args);

describe("a composition", () => {
  test("runs what its conductor names, and the conductor again with what that returned", async ({ expect }) => {
    const world = programWorld();
    await world.define("double", (args) => ({ n: 2 * Number((args as JsonObject)["n"]) }));
    await world.conductor("c", (args) => {
      const { n, step = 0 } = args as { n: number; step?: number };
      return step < 2 ? { action: "double", params: { n }, state: { step: step + 1 } } : { params: { n } };
    });
    const record = await world.run("c", { n: 5 });

    expect(record.response).toEqual({ statusCode: 0, result: { n: 20 } });
    expect(world.names).toEqual(["c", "double", "c", "double", "c"]);
    expect(given(world)).toEqual([{ n: 5 }, { n: 10, step: 1 }, { n: 20, step: 2 }]);
  });

  test("has a record of its own, without a size", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", () => ({ ok: 1 }), { limits: { timeout: 1, memory: 512, logs: 0, concurrency: 9 } });
    const binding = { namespace: "guest" as EntityName, name: "pkg" as EntityName };
    await world.store(aPackage(), aPackage({ name: "bound" as EntityName, binding }));
    await world.conductor("guest/pkg/c", script({ action: "a" }, { done: true }), {
      limits: { timeout: 100, memory: 128, logs: 5, concurrency: 3 },
    });
    const record = await world.run("guest/bound/c");

    expect(record).toEqual({
      namespace: "guest",
      name: "c",
      version: "0.0.1",
      subject: "guest",
      activationId: expect.stringMatching(/^[0-9a-f]{32}$/),
      start: world.clock.now(),
      end: world.clock.now(),
      duration: 3 * TOOK_MS,
      response: { statusCode: 0, result: { done: true } },
      logs: world.dispatched.map(({ activationId }) => activationId),
      annotations: [
        { key: "topmost", value: true },
        { key: "path", value: "guest/pkg/c" },
        { key: "kind", value: "sequence" },
        { key: "conductor", value: true },
        { key: "waitTime", value: 0 },
        { key: "binding", value: "guest/bound" },
        { key: "limits", value: { timeout: 100, memory: 512, logs: 5, concurrency: 1 } },
      ],
      publish: false,
    });
    expect(await world.recordOf(record.activationId)).toEqual(record);
    for (const { cause, blocking } of world.dispatched) {
      expect({ cause, blocking }).toEqual({ cause: record.activationId, blocking: true });
    }
  });

  test("gives its conductor the action's parameters under everything else", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", () => ({ x: "result" }));
    await world.conductor("c", script({ action: "a", state: { y: "state" } }, {}), {
      parameters: ["x", "y", "z"].map((key) => ({ key, value: "own" })),
    });
    await world.run("c", { x: "call" });

    expect(given(world)).toEqual([
      { x: "call", y: "own", z: "own" },
      { x: "result", y: "state", z: "own" },
    ]);
  });

  test("keeps its state for one run of the conductor", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", () => ({ ok: 1 }));
    await world.conductor("c", script({ action: "a", state: { s: 1 } }, { action: "a" }, {}));
    await world.run("c");

    expect(given(world)).toEqual([{}, { ok: 1, s: 1 }, { ok: 1 }]);
  });

  test("puts params and state that are no objects into one", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", (args) => ({ got: args }));
    await world.conductor("c", script({ action: "a", params: 1, state: [2] }, { params: "end" }));
    const { response } = await world.run("c");

    expect(given(world)).toEqual([{}, { got: { value: 1 }, state: [2] }]);
    expect(response.result).toEqual({ value: "end" });
  });

  test("runs a component without params with its own parameters", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", (args) => ({ got: args }), { parameters: [{ key: "p", value: 1 }] });
    await world.conductor("c", script({ action: "a" }, {}));
    await world.run("c", { call: 1 });

    expect(given(world, "a")).toEqual([{ p: 1 }]);
  });

  test("ends as its conductor does", async ({ expect }) => {
    const world = programWorld();
    await world.conductor("plain", () => ({ plain: 1 }));
    await world.conductor("refuse", () => ({ error: "no", action: "plain" }));
    await world.conductor("crash", () => {
      throw new Crash("bang");
    });

    expect((await world.run("plain")).response).toEqual({ statusCode: 0, result: { plain: 1 } });
    expect((await world.run("refuse")).response).toEqual(failed(1, "no"));
    expect((await world.run("crash")).response).toEqual(failed(2, "bang"));
  });

  test("goes on after a component's error: that is for the conductor to handle", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", () => ({ error: "no" }));
    await world.conductor("handling", script({ action: "a" }, { handled: true }));
    await world.conductor("echo", (args) => (isJsonObject(args) && "error" in args ? args : { action: "a" }));

    expect((await world.run("handling")).response).toEqual({ statusCode: 0, result: { handled: true } });
    expect((await world.run("echo")).response).toEqual(failed(1, "no"));
  });

  test("runs sequences and compositions, each with a record of its own", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", () => ({ a: 1 }));
    await world.sequence("s", ["a", "a"]);
    await world.conductor("inner", (args) => (isJsonObject(args) && args["a"] ? { b: 2 } : { action: "a" }));
    await world.conductor("c", script({ action: "s" }, { action: "inner" }, { over: 1 }));
    const record = await world.run("c");

    expect(world.names).toEqual(["c", "a", "a", "c", "inner", "a", "inner", "c"]);
    expect(record.logs.length).toBe(5);
    expect(record.duration).toBe(8 * TOOK_MS);
    const [, s, , inner] = await Promise.all(record.logs.map(world.recordOf));
    for (const [nested, name] of [
      [s, "s"],
      [inner, "inner"],
    ] as const) {
      expect(nested).toMatchObject({ name, cause: record.activationId });
      expect(nested?.annotations).toContainEqual({ key: "topmost", value: false });
      expect(nested?.annotations).toContainEqual({ key: "causedBy", value: "sequence" });
    }
    expect(given(world)[2]).toEqual({ b: 2 });
  });
});

describe("a conductor that names an action which cannot be run is told so", () => {
  const told = async (action: Json): Promise<Json | undefined> => {
    const world = programWorld();
    await world.store(
      aPackage(),
      aPackage({ namespace: "other", name: "private" as EntityName }),
      aPackage({ namespace: "other", name: "shared" as EntityName, publish: true }),
    );
    await world.conductor("c", (args) =>
      isJsonObject(args) && "error" in args ? { told: args["error"] ?? null } : { action },
    );
    const { response } = await world.run("c");
    if (response.statusCode !== 0 || !isJsonObject(response.result)) throw new Error(JSON.stringify(response));
    return response.result["told"];
  };
  const unnamed = (json: string) => `Failed to parse action name from json value ${json} during composition.`;
  const forbidden = (id: string) => `Failed entitlement check for action with name '${id}' during composition.`;
  const notFound = (id: string) => `Failed to resolve action with name '${id}' during composition.`;

  test.for<[Json, string]>([
    ["/x", unnamed('"/x"')],
    [{ a: 1 }, unnamed('{"a":1}')],
    [null, unnamed("null")],
    ["none", notFound("guest/none")],
    ["pkg/none", notFound("guest/pkg/none")],
    ["/_/pkg/none", notFound("guest/pkg/none")],
    ["other/shared/none", notFound("other/shared/none")],
    ["pkg", notFound("guest/pkg")],
    ["gone/a", forbidden("guest/gone/a")],
    ["c/a", forbidden("guest/c/a")],
    ["/other/a", forbidden("other/a")],
    ["/other/private/a", forbidden("other/private/a")],
    ["/other/none/a", forbidden("other/none/a")],
  ])("%j", async ([action, text], { expect }) => {
    expect(await told(action)).toBe(text);
  });
});

describe("a composition that is too long", () => {
  const limits = { sequenceLength: 3 };

  test("is told so when it asks for one component more than allowed", async ({ expect }) => {
    const world = programWorld({ limits });
    await world.define("a", () => ({ a: 1 }));
    await world.conductor("c", (args) => (isJsonObject(args) && "error" in args ? args : { action: "a" }));
    const { response } = await world.run("c");

    expect(response).toEqual(failed(1, TOO_MANY));
    expect(world.names).toEqual(["c", "a", "c", "a", "c", "a", "c", "c"]);
  });

  test("ends when it goes on all the same", async ({ expect }) => {
    const world = programWorld({ limits });
    await world.conductor("c", () => ({ action: "none" }));
    const record = await world.run("c");

    expect(record.response).toEqual(failed(1, TOO_MANY));
    expect(world.names.length).toBe(2 * 3 + 1);
    expect(record.logs.length).toBe(2 * 3 + 1);
  });

  test("counts together with those directly in it", async ({ expect }) => {
    const world = programWorld({ limits });
    await world.conductor("self", () => ({ action: "self" }));
    const record = await world.run("self");

    expect(record.response).toEqual(failed(1, TOO_MANY));
    expect(world.names.length).toBe(2 * 3 + 1);
  });

  test("starts counting anew in a sequence, which counts as one component", async ({ expect }) => {
    const world = programWorld({ limits });
    await world.define("a", () => ({ a: 1 }));
    await world.conductor("two", (args, { cause }) => {
      const key = cause ?? "";
      runs.set(key, (runs.get(key) ?? 0) + 1);
      return (runs.get(key) ?? 0) <= 2 ? { action: "a" } : (args as JsonObject);
    });
    const runs = new Map<string, number>();
    await world.sequence("s", ["two", "two"]);
    await world.conductor("c", script({ action: "s" }, { action: "s" }, { action: "s" }, { fine: 1 }));

    expect((await world.run("c")).response).toEqual({ statusCode: 0, result: { fine: 1 } });
    expect(world.names.filter((name) => name === "a").length).toBe(3 * 2 * 2);
  });
});

describe("a result that is no object", () => {
  const notFound = { error: "Failed to resolve action with name 'guest/list' during composition." };
  const forbidden = { error: "Failed entitlement check for action with name 'guest/list' during composition." };

  test("of a component is told to the conductor as not found", async ({ expect }) => {
    const world = programWorld();
    await world.define("list", () => [1]);
    await world.conductor("c", script({ action: "list" }, { handled: 1 }));
    const record = await world.run("c");

    expect(given(world)).toEqual([{}, notFound]);
    expect(record.response.result).toEqual({ handled: 1 });
    expect(record.logs.length).toBe(3);
  });

  test("of the conductor's later runs likewise, as long as there is something to tell", async ({ expect }) => {
    const world = programWorld();
    await world.define("list", () => ({ ok: 1 }));
    await world.conductor("c", script({ action: "list" }, [1], undefined, [2]));

    await expect(world.run("c")).rejects.toThrow(InternalError);
    expect(given(world)).toEqual([{}, { ok: 1 }, notFound, forbidden]);
  });

  test("of the conductor's first run is an internal error, and recorded", async ({ expect }) => {
    const world = programWorld();
    await world.conductor("c", () => [1]);

    await expect(world.run("c")).rejects.toThrow("There was an internal server error.");
    const records = await world.activations.list({ namespace: "guest" }, { skip: 0, limit: 9 });
    const primary = records.find(({ annotations }) => annotations.some(({ key }) => key === "conductor"));
    expect(primary).toMatchObject({ response: failed(3, FAILED), logs: [world.dispatched[0]?.activationId] });
  });

  test("of a nested composition ends the one around it, or the sequence", async ({ expect }) => {
    const world = programWorld();
    await world.conductor("broken", () => [1]);
    await world.conductor("c", script({ action: "broken" }));
    await world.sequence("s", ["broken"]);

    expect((await world.run("c")).response).toEqual(failed(3, FAILED));
    expect((await world.run("s")).response).toEqual(failed(3, "Sequence failed."));
  });
});

describe("an activation that a composition does not get", () => {
  test("ends it when no invoker takes it", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", () => ({}));
    await world.conductor("c", () => ({ action: "a" }));
    const { dispatch } = world.dispatcher;
    world.dispatcher.dispatch = async (message) => {
      if (world.dispatched.length > 0) throw new ServiceUnavailable();
      return dispatch(message);
    };
    const record = await world.run("c");

    expect(record.response).toEqual(failed(3, FAILED));
    expect(record.logs).toEqual([world.dispatched[0]?.activationId]);
  });

  test("in time ends it a minute after the action's own limit", async ({ expect }) => {
    const world = programWorld();
    const never = Promise.withResolvers<Json>();
    await world.define("slow", () => never.promise, { limits: { timeout: 200, memory: 256, logs: 1, concurrency: 1 } });
    await world.conductor("c", () => ({ action: "slow" }));
    const { activationId } = await world.call("c", {}, false);
    while (world.dispatched.length < 2) await turn();
    world.clock.advance(60_200);
    await turn();

    const slow = world.dispatched[1]?.activationId ?? "";
    expect(await world.recordOf(activationId)).toMatchObject({
      response: failed(3, `Timeout reached when retrieving activation ${slow} during composition.`),
      logs: [world.dispatched[0]?.activationId, slow],
      duration: TOOK_MS,
    });
    never.resolve({});
  });
});

/** Lets whatever was promised happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
