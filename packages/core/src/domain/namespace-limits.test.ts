import fc from "fast-check";
import { describe, test } from "vitest";
import { refusalOf } from "../../test/arbitraries.ts";
import { type NamespaceLimits, UPSTREAM_LIMITS } from "./limits.ts";
import {
  allowedParametersBytes,
  allowedPayloadBytes,
  allowedTruncationBytes,
  decodeNamespaceLimits,
  encodeNamespaceLimits,
  namespaceBounds,
  namespaceLimitsResource,
} from "./namespace-limits.ts";

const system = UPSTREAM_LIMITS;

describe("the bounds of a namespace", () => {
  test("are the system's where it has none", ({ expect }) => {
    expect(namespaceBounds({}, system)).toEqual({
      timeoutMs: [100, 300_000],
      memoryMb: [128, 512],
      logsMb: [0, 10],
      concurrency: [1, 1],
    });
  });

  test("are its own, clipped by the system's", ({ expect }) => {
    const own: NamespaceLimits = {
      minActionMemory: 64,
      maxActionMemory: 300,
      minActionTimeout: 200,
      maxActionTimeout: 1e9,
    };
    expect(namespaceBounds(own, system)).toMatchObject({ timeoutMs: [200, 300_000], memoryMb: [128, 300] });
  });

  test("never reach beyond the system's, whatever is set", ({ expect }) => {
    fc.assert(
      fc.property(fc.option(fc.integer()), fc.option(fc.integer()), (min, max) => {
        const own = {
          ...(min === null ? {} : { minActionLogs: min }),
          ...(max === null ? {} : { maxActionLogs: max }),
        };
        const { logsMb } = namespaceBounds(own, system);
        expect(logsMb[0]).toBe(Math.max(min ?? 0, 0));
        expect(logsMb[1]).toBe(Math.min(max ?? 10, 10));
      }),
    );
  });

  test("of sizes can only lower the system's", ({ expect }) => {
    const lower = { maxParameterSize: "1 KB", maxPayloadSize: "2 KB", truncationSize: "3 KB" };
    const higher = { maxParameterSize: "1 GB", maxPayloadSize: "1 GB", truncationSize: "1 GB" };
    const allowed = (own: NamespaceLimits) =>
      [allowedParametersBytes, allowedPayloadBytes, allowedTruncationBytes].map((bytes) => bytes(own, system));
    expect(allowed(lower)).toEqual([1024, 2048, 3072]);
    expect(allowed(higher)).toEqual([1_048_576, 1_048_576, 1_048_576]);
    expect(allowed({})).toEqual([1_048_576, 1_048_576, 1_048_576]);
  });
});

describe("the limits resource", () => {
  const defaults = {
    invocationsPerMinute: 60,
    concurrentInvocations: 30,
    firesPerMinute: 60,
    maxActionInstances: 30,
    minActionMemory: 128,
    maxActionMemory: 512,
    minActionLogs: 0,
    maxActionLogs: 10,
    minActionTimeout: 100,
    maxActionTimeout: 300_000,
    minActionConcurrency: 1,
    maxActionConcurrency: 1,
    maxParameterSize: "1048576 B",
  };

  test("shows the system's defaults for what is not set", ({ expect }) => {
    expect(namespaceLimitsResource({}, system)).toEqual(defaults);
  });

  test("shows what is set, clipped, and the optional members only then", ({ expect }) => {
    const own: NamespaceLimits = {
      invocationsPerMinute: 0,
      concurrentInvocations: 5,
      maxActionInstances: 99,
      maxActionMemory: 1024,
      maxParameterSize: "1 k",
      maxPayloadSize: "2 MB",
      truncationSize: "1 MB",
      allowedKinds: ["nodejs:24"],
      storeActivations: false,
      warmedContainerKeepingCount: 2,
      warmedContainerKeepingTimeout: "10 minutes",
    };
    expect(namespaceLimitsResource(own, system)).toEqual({
      ...defaults,
      invocationsPerMinute: 0,
      concurrentInvocations: 5,
      maxActionInstances: 5,
      maxActionMemory: 512,
      maxParameterSize: "1 KB",
      maxPayloadSize: "2 MB",
      truncationSize: "1 MB",
      allowedKinds: ["nodejs:24"],
      storeActivations: false,
      warmedContainerKeepingCount: 2,
      warmedContainerKeepingTimeout: "10 minutes",
    });
    expect(namespaceLimitsResource({ maxParameterSize: "2 MB" }, system)).toEqual(defaults);
    expect(namespaceLimitsResource({ maxParameterSize: "1 MB" }, system)).toEqual({
      ...defaults,
      maxParameterSize: "1 MB",
    });
  });
});

describe("a limits document", () => {
  test("keeps what it knows", ({ expect }) => {
    const json = {
      firesPerMinute: 0,
      allowedKinds: ["a", "a"],
      maxPayloadSize: "1m",
      storeActivations: null,
      _id: "x",
    };
    expect(decodeNamespaceLimits(json)).toEqual({ firesPerMinute: 0, allowedKinds: ["a"], maxPayloadSize: "1 MB" });
  });

  test.for([
    [[], "limits must be an object"],
    [{ firesPerMinute: -1 }, "firesPerMinute must be a whole number that is not negative"],
    [{ maxActionMemory: "256" }, "maxActionMemory must be a whole number that is not negative"],
    [{ maxPayloadSize: "large" }, 'maxPayloadSize must be a size such as "1 MB"'],
    [{ maxParameterSize: 1 }, 'maxParameterSize must be a size such as "1 MB"'],
    [{ allowedKinds: "a" }, "allowedKinds must be an array of strings"],
    [{ allowedKinds: [1] }, "allowedKinds must be a string"],
    [{ storeActivations: "yes" }, "storeActivations must be a boolean"],
    [{ warmedContainerKeepingTimeout: 1 }, "warmedContainerKeepingTimeout must be a string"],
  ] as const)("that is %j says what is wrong", ([json, detail], { expect }) => {
    expect(refusalOf(() => decodeNamespaceLimits(structuredClone(json) as never))).toBe(detail);
  });

  test("comes back as it was", ({ expect }) => {
    const anyLimits: fc.Arbitrary<NamespaceLimits> = fc.record(
      {
        invocationsPerMinute: fc.nat(),
        maxActionConcurrency: fc.nat(),
        allowedKinds: fc.uniqueArray(fc.string()),
        storeActivations: fc.boolean(),
        truncationSize: fc.nat().map((n) => `${n} KB`),
        warmedContainerKeepingTimeout: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyLimits, (limits) => {
        expect(decodeNamespaceLimits(encodeNamespaceLimits(limits))).toEqual(limits);
      }),
    );
  });
});
