import { aPackage } from "@meringue/testkit";
import { describe, test } from "vitest";
import { Crash, programWorld, TOOK_MS } from "../../test/program-world.ts";
import { NotFound, ServiceUnavailable } from "../domain/errors.ts";
import { isJsonObject, type Json } from "../domain/json.ts";
import type { EntityName } from "../domain/names.ts";
import { getValue } from "../domain/parameters.ts";

const MISSING = "Sequence component does not exist.";
const FAILED = "Sequence failed.";
const TOO_MANY = "Too many actions in the sequence.";

const add = (key: string) => (args: Json) => ({ ...(isJsonObject(args) ? args : { got: args }), [key]: true });
const failed = (statusCode: number, error: string) => ({ statusCode, result: { error } });

describe("a sequence", () => {
  test("gives each component what the one before it returned, over its own parameters", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"), {
      parameters: [
        { key: "x", value: "a's" },
        { key: "y", value: 1, init: true },
      ],
    });
    await world.define("b", add("b"), {
      parameters: [
        { key: "x", value: "b's" },
        { key: "z", value: 2 },
      ],
    });
    await world.sequence("s", ["a", "b"]);
    const { response } = await world.run("s", { x: "mine" });

    expect(world.dispatched.map(({ args, initArgs }) => [args, initArgs])).toEqual([
      [{ x: "mine", y: 1 }, ["y"]],
      [{ x: "mine", y: 1, z: 2, a: true }, []],
    ]);
    expect(response).toEqual({ statusCode: 0, result: { x: "mine", y: 1, z: 2, a: true, b: true }, size: 42 });
  });

  test("ignores its own parameters and those of its package", async ({ expect }) => {
    const world = programWorld();
    await world.store(aPackage({ parameters: [{ key: "p", value: 1 }] }));
    await world.define("a", add("a"));
    await world.sequence("guest/pkg/s", ["a"], { parameters: [{ key: "_actions", value: ["/guest/a"] }] });
    await world.run("guest/pkg/s");

    expect(world.dispatched[0]?.args).toEqual({});
  });

  test("hands an array on by itself, and of nothing but objects and arrays anything", async ({ expect }) => {
    const world = programWorld();
    const parameters = [{ key: "own", value: true }];
    await world.define("array", () => [1, { two: 2 }]);
    await world.define("nothing", () => undefined, { parameters });
    await world.define("last", add("last"), { parameters });
    await world.sequence("s", ["array", "nothing", "last"]);
    const { response } = await world.run("s");

    expect(world.dispatched.map(({ args }) => args)).toEqual([{}, [1, { two: 2 }], { own: true }]);
    expect(response.result).toEqual({ own: true, last: true });
  });

  test("answers what it was given when it has no components", async ({ expect }) => {
    const world = programWorld();
    await world.sequence("s", []);

    expect((await world.run("s", { a: 1 })).response).toEqual({ statusCode: 0, result: { a: 1 } });
  });

  test("does not stop for an error in what it is called with", async ({ expect }) => {
    const world = programWorld();
    await world.define("mend", () => ({ mended: true }));
    await world.sequence("s", ["mend", "mend"]);

    expect((await world.run("s", { error: "mine" })).response.result).toEqual({ mended: true });
    expect(world.names).toEqual(["mend", "mend"]);
  });

  test("stops at the first error, and answers as that component did", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.define("refuse", () => ({ error: { code: 7 }, more: 1 }));
    await world.define("crash", () => {
      throw new Crash("no");
    });
    await world.sequence("s", ["a", "refuse", "a"]);
    await world.sequence("t", ["crash", "a"]);
    const [refused, crashed] = [await world.run("s"), await world.run("t")];

    expect(refused.response).toEqual({ statusCode: 1, result: { error: { code: 7 } }, size: 9 });
    expect(refused.logs.length).toBe(2);
    expect(crashed.response).toEqual(failed(2, "no"));
    expect(world.names).toEqual(["a", "refuse", "crash"]);
  });

  test("has a record of its own", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.define("b", add("b"), { limits: { timeout: 1, memory: 512, logs: 0, concurrency: 9 } });
    await world.store(
      aPackage(),
      aPackage({
        name: "bound" as EntityName,
        binding: { namespace: "guest" as EntityName, name: "pkg" as EntityName },
      }),
    );
    await world.sequence("guest/pkg/s", ["a", "b"], {
      version: "1.2.3",
      limits: { timeout: 100, memory: 128, logs: 5, concurrency: 3 },
    });
    const record = await world.run("guest/bound/s");

    expect(record).toEqual({
      namespace: "guest",
      name: "s",
      version: "1.2.3",
      subject: "guest",
      activationId: expect.stringMatching(/^[0-9a-f]{32}$/),
      start: world.clock.now(),
      end: world.clock.now(),
      duration: 2 * TOOK_MS,
      response: { statusCode: 0, result: { a: true, b: true }, size: 19 },
      logs: world.dispatched.map(({ activationId }) => activationId),
      annotations: [
        { key: "topmost", value: true },
        { key: "path", value: "guest/pkg/s" },
        { key: "kind", value: "sequence" },
        { key: "waitTime", value: 0 },
        { key: "binding", value: "guest/bound" },
        { key: "limits", value: { timeout: 100, memory: 512, logs: 5, concurrency: 1 } },
      ],
      publish: false,
    });
    expect(await world.recordOf(record.activationId)).toEqual(record);
    for (const { cause, blocking, transid } of world.dispatched) {
      expect({ cause, blocking, transid }).toEqual({ cause: record.activationId, blocking: true, transid: "t" });
    }
  });

  test("inside another has a record too, caused by the one around it", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.sequence("inner", ["a", "a"]);
    await world.sequence("outer", ["inner", "a"]);
    const outer = await world.run("outer");
    const inner = await world.recordOf(outer.logs[0]);

    expect(outer).toMatchObject({
      duration: 3 * TOOK_MS,
      logs: [inner?.activationId, world.dispatched[2]?.activationId],
    });
    expect(outer).not.toHaveProperty("cause");
    expect(inner).toMatchObject({
      name: "inner",
      cause: outer.activationId,
      duration: 2 * TOOK_MS,
      logs: world.dispatched.slice(0, 2).map(({ activationId }) => activationId),
    });
    expect(inner?.annotations).toContainEqual({ key: "topmost", value: false });
    expect(inner?.annotations).toContainEqual({ key: "causedBy", value: "sequence" });
    expect(world.dispatched.map(({ cause }) => cause)).toEqual([
      inner?.activationId,
      inner?.activationId,
      outer.activationId,
    ]);
  });

  test("runs a conductor in it as a composition", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.conductor("c", (args) => (isJsonObject(args) && args["a"] ? { params: { done: 1 } } : { action: "a" }));
    await world.sequence("s", ["c", "a"]);
    const record = await world.run("s");

    expect(record.response.result).toEqual({ done: 1, a: true });
    expect(record.logs.length).toBe(2);
    const composition = await world.recordOf(record.logs[0]);
    expect(composition?.annotations).toContainEqual({ key: "conductor", value: true });
    expect(composition).toMatchObject({ cause: record.activationId, duration: 3 * TOOK_MS });
  });

  test("tells its invoker of the next action while one runs", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.define("b", add("b"));
    await world.sequence("inner", ["a"]);
    await world.sequence("s", ["a", "b", "inner", "none"]);
    await world.run("s");

    expect(world.prepared).toEqual(["guest: guest/b"]);
  });
});

describe("a component that cannot be run", () => {
  test("for it was deleted meanwhile", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.sequence("s", ["a", "none", "a"]);
    const record = await world.run("s");

    expect(record.response).toEqual(failed(1, MISSING));
    expect(record.logs).toEqual([world.dispatched[0]?.activationId]);
    expect(record.duration).toBe(TOOK_MS);
  });

  test("for the binding's target does not have it, or a nested sequence's package is gone", async ({ expect }) => {
    const world = programWorld();
    const binding = { namespace: "guest" as EntityName, name: "pkg" as EntityName };
    await world.store(aPackage(), aPackage({ name: "bound" as EntityName, binding }));
    await world.sequence("lacking", ["guest/bound/none"]);
    await world.sequence("inner", ["guest/gone/a"]);
    await world.sequence("outer", ["inner"]);

    expect((await world.run("lacking")).response).toEqual(failed(1, MISSING));
    const outer = await world.run("outer");
    expect(outer.response).toEqual(failed(1, MISSING));
    expect(getValue(outer.annotations, "limits")).toBeUndefined();
  });

  test("for it is somebody else's own, in a sequence that they share", async ({ expect }) => {
    const world = programWorld();
    await world.store(aPackage({ namespace: "other", name: "shared" as EntityName, publish: true }));
    await world.define("other/secret", add("secret"));
    await world.sequence("other/shared/inner", ["other/secret"]);
    await world.sequence("outer", ["other/shared/inner"]);

    await expect(world.run("other/shared/inner")).rejects.toMatchObject({ status: 403 });
    expect((await world.run("outer")).response).toEqual(failed(1, MISSING));
    expect(world.dispatched).toEqual([]);
  });

  test("for its package is gone, or not the caller's to use, is refused at once", async ({ expect }) => {
    const world = programWorld();
    await world.store(aPackage({ namespace: "other", name: "private" as EntityName }));
    await world.sequence("s", ["guest/gone/a"]);
    await world.sequence("t", ["other/private/a"]);
    await world.sequence("u", ["other/b", "other/a"]);

    await expect(world.run("s")).rejects.toThrow(NotFound);
    await expect(world.run("t")).rejects.toThrow("not authorized to access 'other/private'.");
    await expect(world.run("u")).rejects.toThrow("not authorized to access 'other/a, other/b'.");
    expect(await world.activations.count({ namespace: "guest" })).toBe(0);
  });

  test("for its runtime is deprecated", async ({ expect }) => {
    const world = programWorld();
    await world.define("old", add("old"), { exec: { type: "code", kind: "aged:1", binary: false } });
    await world.sequence("s", ["old"]);

    expect((await world.run("s")).response).toEqual(failed(3, FAILED));
    expect([world.dispatched, world.warnings]).toEqual([[], []]);
  });

  test("for no invoker takes it", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.sequence("s", ["a", "a"]);
    const { dispatch } = world.dispatcher;
    world.dispatcher.dispatch = async (message) => {
      if (world.dispatched.length > 0) throw new ServiceUnavailable();
      return dispatch(message);
    };
    const record = await world.run("s");

    expect(record.response).toEqual(failed(3, FAILED));
    expect(record.logs).toEqual([world.dispatched[0]?.activationId]);
    expect(world.warnings).toEqual([]);
  });

  test("for something is wrong with the server, which its operator hears of", async ({ expect }) => {
    const world = programWorld();
    await world.define("a", add("a"));
    await world.sequence("s", ["a", "b"]);
    const trouble = new Error("disk");
    const { get } = world.entities;
    world.entities.get = async (id) => {
      if (id === "guest/b") throw trouble;
      return get(id);
    };

    expect((await world.run("s")).response).toEqual(failed(3, FAILED));
    expect(world.warnings).toEqual([trouble]);
  });

  test("for its name belongs to something else", async ({ expect }) => {
    const world = programWorld();
    await world.store(aPackage());
    await world.sequence("s", ["pkg"]);

    expect((await world.run("s")).response).toEqual(failed(3, FAILED));
  });

  test("in time is given up a minute after its own limit", async ({ expect }) => {
    const world = programWorld();
    const never = Promise.withResolvers<Json>();
    await world.define("slow", () => never.promise, { limits: { timeout: 200, memory: 256, logs: 1, concurrency: 1 } });
    await world.sequence("s", ["slow", "slow"]);
    const { activationId } = await world.call("s", {}, false);
    while (world.dispatched.length === 0) await turn();
    world.clock.advance(60_199);
    await turn();
    expect(await world.recordOf(activationId)).toBeUndefined();
    world.clock.advance(1);
    await turn();

    const slow = world.dispatched[0]?.activationId ?? "";
    expect(await world.recordOf(activationId)).toMatchObject({
      response: failed(3, `Timeout reached when retrieving activation ${slow} for sequence component.`),
      logs: [slow],
      duration: 0,
    });
    expect(world.dispatched.length).toBe(1);
    never.resolve({});
  });
});

describe("a sequence that has grown since it was made", () => {
  test("runs as many actions as are allowed, over all its nested ones", async ({ expect }) => {
    const world = programWorld({ limits: { sequenceLength: 4 } });
    await world.define("a", add("a"));
    await world.sequence("two", ["a", "a"]);
    await world.sequence("four", ["two", "two"]);
    await world.sequence("five", ["two", "a", "two"]);

    expect((await world.run("four")).response.statusCode).toBe(0);
    const five = await world.run("five");
    expect(five.response).toEqual(failed(1, TOO_MANY));
    expect(five.logs.length).toBe(3);
    expect(world.names.length).toBe(4 + 4);
  });

  test("ends even if it contains nothing but itself", async ({ expect }) => {
    const world = programWorld({ limits: { sequenceLength: 4 } });
    await world.sequence("self", ["self"]);

    expect((await world.run("self")).response).toEqual(failed(3, FAILED));
    expect(await world.activations.count({ namespace: "guest" })).toBe(2 * 4 + 1);
  });
});

/** Lets whatever was promised happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
