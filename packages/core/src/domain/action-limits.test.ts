import fc from "fast-check";
import { describe, test } from "vitest";
import { refusalOf } from "../../test/arbitraries.ts";
import {
  checkActionLimits,
  checkInstances,
  decodeActionLimits,
  effectiveActionLimits,
  encodeActionLimits,
  limitsViolation,
} from "./action-limits.ts";
import { type ActionLimits, type NamespaceLimits, type SystemLimits, UPSTREAM_LIMITS } from "./limits.ts";
import { namespaceBounds } from "./namespace-limits.ts";

const system: SystemLimits = { ...UPSTREAM_LIMITS, concurrency: [1, 1, 500] };

describe("limits in a body", () => {
  test("may be left out or null, one by one", ({ expect }) => {
    expect(decodeActionLimits({})).toEqual({});
    expect(decodeActionLimits({ timeout: null, memory: 256, logs: 0, other: "x" })).toEqual({ memory: 256, logs: 0 });
    expect(decodeActionLimits({ timeout: 1, memory: 2, logs: 3, concurrency: 4, instances: 0 })).toEqual({
      timeout: 1,
      memory: 2,
      logs: 3,
      concurrency: 4,
      instances: 0,
    });
  });

  test.for([
    [{ timeout: "1" }, "time limit malformed"],
    [{ memory: true }, "memory limit malformed"],
    [{ logs: [] }, "log limit malformed"],
    [{ concurrency: {} }, "concurrency limit malformed"],
    [{ instances: "x" }, "instance concurrency limit malformed"],
    [{ timeout: 1.5 }, "requirement failed: time limit must be whole number"],
    [{ memory: 1.5 }, "requirement failed: memory limit must be whole number"],
    [{ logs: 1.5 }, "requirement failed: log limit must be whole number"],
    [{ concurrency: 1.5 }, "requirement failed: intra concurrency limit must be whole number"],
    [{ instances: 1.5 }, "requirement failed: instance concurrency limit must be whole number"],
    [{ memory: -1 }, "requirement failed: a negative size of an object is not allowed."],
    [{ logs: -1 }, "requirement failed: a negative size of an object is not allowed."],
    [{ instances: -1 }, "requirement failed: Action container concurrency must be greater than or equal to 0."],
    [{ memory: "x", timeout: "x" }, "time limit malformed"],
    [[], "Object expected in field 'timeout'"],
  ] as const)("that are %j are malformed", ([json, detail], { expect }) => {
    expect(refusalOf(() => decodeActionLimits(structuredClone(json) as never))).toBe(detail);
  });
});

describe("limits that are given", () => {
  test.for([
    [{ memory: 513 }, "requirement failed: memory size 513 MB exceeds allowed threshold of 512 MB"],
    [{ memory: 127 }, "requirement failed: memory size 127 MB below allowed threshold of 128 MB"],
    [
      { timeout: 300_001 },
      "requirement failed: duration 300001 milliseconds exceeds allowed threshold of 300000 milliseconds",
    ],
    [{ timeout: -1 }, "requirement failed: duration -1 milliseconds below allowed threshold of 100 milliseconds"],
    [{ logs: 11 }, "requirement failed: log size 11 MB exceeds allowed threshold of 10 MB"],
    [{ concurrency: 501 }, "requirement failed: concurrency 501 exceeds allowed threshold of 500"],
    [{ concurrency: 0 }, "requirement failed: concurrency 0 below allowed threshold of 1"],
  ] as const)("as %j are refused", ([limits, text], { expect }) => {
    expect(refusalOf(() => checkActionLimits(limits, {}, system))).toBe(text);
  });

  test("are complained about in the order memory, timeout, logs, concurrency", ({ expect }) => {
    const bad: ActionLimits = { timeout: 1, memory: 1, logs: 99, concurrency: 0 };
    const { memory: _memory, ...noMemory } = bad;
    const { timeout: _timeout, ...noTimeout } = noMemory;
    const { logs: _logs, ...noLogs } = noTimeout;
    const texts = [bad, noMemory, noTimeout, noLogs].map((limits) => limitsViolation(limits, {}, system));
    expect(texts.map((text) => text?.split(" ")[2])).toEqual(["memory", "duration", "log", "concurrency"]);
  });

  test("are refused with 400 by a handler, so with CORS headers", ({ expect }) => {
    expect(() => checkActionLimits({ memory: 1 }, {}, system)).toThrow(
      expect.objectContaining({ status: 400, rejection: false }),
    );
  });

  test("pass exactly when they are in the range of the namespace", ({ expect }) => {
    const anyBound = fc.integer({ min: 100, max: 600 });
    const anyStep = fc.constantFrom(-1, 0, 1);
    fc.assert(
      fc.property(anyBound, anyBound, fc.boolean(), anyStep, (min, max, atMin, step) => {
        const namespace: NamespaceLimits = { minActionMemory: min, maxActionMemory: max };
        const [from, to] = namespaceBounds(namespace, system).memoryMb;
        const memory = (atMin ? from : to) + step;
        const passes = limitsViolation({ memory }, namespace, system) === undefined;
        expect(passes).toBe(from <= memory && memory <= to);
      }),
    );
  });

  test("may not ask for more instances than the namespace runs at a time", ({ expect }) => {
    const text = "Max action instance concurrency must not exceed your namespace concurrency of 30.";
    expect(refusalOf(() => checkInstances({ instances: 30 }, {}, system))).toBeUndefined();
    expect(refusalOf(() => checkInstances({}, {}, system))).toBeUndefined();
    expect(refusalOf(() => checkInstances({ instances: 31 }, {}, system))).toBe(text);
    expect(refusalOf(() => checkInstances({ instances: 31 }, { concurrentInvocations: 31 }, system))).toBeUndefined();
  });
});

describe("the limits that an action gets", () => {
  const defaults: ActionLimits = { timeout: 60_000, memory: 256, logs: 10, concurrency: 1 };
  const anyLimits = fc.record(
    Object.fromEntries(["timeout", "memory", "logs", "concurrency", "instances"].map((name) => [name, fc.nat()])),
    { requiredKeys: [] },
  ) as fc.Arbitrary<Partial<ActionLimits>>;

  test("are the system's defaults where nothing is given", ({ expect }) => {
    expect(effectiveActionLimits({}, undefined, UPSTREAM_LIMITS)).toEqual(defaults);
  });

  test("are what is given, over what the action had, over the defaults", ({ expect }) => {
    fc.assert(
      fc.property(anyLimits, fc.option(anyLimits, { nil: undefined }), (given, older) => {
        const old = older && { ...defaults, ...older };
        expect(effectiveActionLimits(given, old, UPSTREAM_LIMITS)).toEqual({ ...defaults, ...old, ...given });
      }),
    );
  });

  test("are shown with instances only when those are set", ({ expect }) => {
    expect(encodeActionLimits(defaults)).toEqual({ timeout: 60_000, memory: 256, logs: 10, concurrency: 1 });
    expect(encodeActionLimits({ ...defaults, instances: 0 })).toHaveProperty("instances", 0);
  });
});
