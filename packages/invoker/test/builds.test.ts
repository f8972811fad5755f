import type { JsonObject } from "@meringue/core";
import { anIdentity, type FakeCall, type MemoryBuildCache, memoryBuildCache } from "@meringue/testkit";
import { describe, test } from "vitest";
import { type InvokerWorld, invokerWorld, messageFor, type WorldOptions } from "./invoker-world.ts";

const BUILT = Buffer.from("what was built").toString("base64");
const USER = anIdentity();
const GO = { exec: { type: "code", kind: "go:1.24", binary: false } } as const;

interface BuildWorld extends InvokerWorld {
  readonly cache: MemoryBuildCache;
  /** The value of each init so far. */
  readonly inits: readonly JsonObject[];
  /** Runs an action in a new container. */
  cold(over?: Parameters<typeof messageFor>[1], action?: Parameters<typeof messageFor>[0]): Promise<number>;
}

/** A runtime that builds what it is given, unless that is built already. */
function buildWorld(over: WorldOptions = {}): BuildWorld {
  const cache = memoryBuildCache();
  const inits: JsonObject[] = [];
  const world = invokerWorld({
    builds: cache,
    toolchain: "go1.24",
    ...over,
    async script(call: FakeCall, container) {
      if (call.kind === "init") inits.push(call.value);
      const usual = call.kind === "run" || call.value["build_limit"] === undefined ? {} : { body: { build: BUILT } };
      return { ...usual, ...(await over.script?.(call, container)) };
    },
  });
  return {
    ...world,
    cache,
    inits,
    async cold(message = {}, action = GO) {
      const record = await world.ran(messageFor(action, { user: USER, ...message }));
      for (const container of world.runtime.containers) container.exit();
      return record.response.statusCode;
    },
  };
}

function code(init: JsonObject | undefined): unknown {
  return init?.["built"] === true ? `built: ${String(init["code"])}` : init?.["code"];
}

describe("an action whose source is built", () => {
  test("is built by its first container, and by no other", async ({ expect }) => {
    const world = buildWorld();
    await world.cold();
    await world.cold();
    await world.cold();
    expect(world.inits.map(code)).toEqual(["code", `built: ${BUILT}`, `built: ${BUILT}`]);
    expect(world.inits.map((init) => init["binary"])).toEqual([false, true, true]);
    expect(world.inits.map((init) => "build_limit" in init)).toEqual([true, false, false]);
  });

  test.for([
    ["with another namespace of the same name", { user: anIdentity() }],
    ["with another init parameter", { args: { key: 1 }, initArgs: ["key"] }],
  ] as const)("is built anew for a caller %s", async ([, other], { expect }) => {
    const world = buildWorld();
    await world.cold();
    await world.cold(other);
    expect(world.inits.map(code)).toEqual(["code", "code"]);
  });

  test.for([
    ["another entry point", { exec: { ...GO.exec, main: "other" } }],
    ["another kind", { exec: { ...GO.exec, kind: "rust:1.85" } }],
  ] as const)("is built anew with %s", async ([, other], { expect }) => {
    const world = buildWorld();
    await world.cold();
    await world.cold({}, other);
    expect(world.inits.map(code)).toEqual(["code", "code"]);
  });

  test("is built anew when its code is another", async ({ expect }) => {
    const codes = ["one", "two"];
    const world = buildWorld({ codeOf: async () => codes.shift() });
    await world.cold();
    await world.cold();
    expect(world.inits.map(code)).toEqual(["one", "two"]);
  });

  test("is not asked for its build where nothing is known of the tools, nor in a kind that builds nothing", async ({
    expect,
  }) => {
    const unknown = buildWorld({ toolchain: undefined as never });
    await unknown.cold();
    const script = buildWorld();
    await script.cold({}, {});
    expect([...unknown.inits, ...script.inits].map((init) => "build_limit" in init)).toEqual([false, false]);
  });

  test("is built anew after a build that did not start", async ({ expect }) => {
    let bad = true;
    const world = buildWorld({
      script: (call) =>
        bad && call.kind === "init" && call.value["built"] === true ? { status: 502, body: { error: "no" } } : {},
    });
    const first = await world.cold();
    const second = await world.cold();
    bad = false;
    const third = await world.cold();
    expect([first, second, third]).toEqual([0, 2, 0]);
    expect(world.inits.map(code)).toEqual(["code", `built: ${BUILT}`, "code"]);
  });

  test("says no more of a failed init than of any other, though builds may be long", async ({ expect }) => {
    const error = "x".repeat(2 * 1024 * 1024);
    const { ran } = buildWorld({ script: ({ kind }) => (kind === "init" ? { status: 502, body: { error } } : {}) });
    const { response } = await ran(messageFor(GO));
    expect(JSON.stringify(response.result).length).toBeLessThan(1024 * 1024 + 1_000);
    expect(JSON.stringify(response.result)).toContain("exceeded the allowed length");
  });

  test("runs as ever when the cache does not work, which is told", async ({ expect }) => {
    const broken = { ...memoryBuildCache(), get: () => Promise.reject(new Error("EIO")) };
    const world = buildWorld({ builds: { ...broken, put: () => Promise.reject(new Error("EIO")) } });
    expect([await world.cold(), await world.cold()]).toEqual([0, 0]);
    expect(world.inits.map(code)).toEqual(["code", "code"]);
    expect(world.warnings).toContain("the build cache cannot be read");
    expect(world.warnings).toContain("the build cache cannot be written");
  });
});
