import { assert, integer, property } from "fast-check";
import { describe, test } from "vitest";
import { DEFAULT_FRACTIONS, homeHash, probes, shardsOf, stepSizes } from "./sharding.ts";

describe("shards", () => {
  test("steps are those that the original walks in", ({ expect }) => {
    const sizes = Object.fromEntries([1, 2, 3, 4, 5, 6, 8, 9, 10, 12].map((count) => [count, stepSizes(count)]));
    expect(sizes).toEqual({
      1: [1],
      2: [1],
      3: [1, 2],
      4: [1, 3],
      5: [1, 2, 3],
      6: [1, 5],
      8: [1, 3, 5, 7],
      9: [1, 2, 5, 7],
      10: [1, 3, 7],
      12: [1, 5, 7, 11],
    });
  });

  test("an action's hash, home and step are the original's", ({ expect }) => {
    const steps = stepSizes(9);
    const choice = (namespace: string, action: string) => {
      const hash = homeHash(namespace, action);
      return [hash, hash % 9, steps[hash % steps.length]];
    };
    expect(choice("guest", "guest/hello")).toEqual([13_198_339, 1, 7]);
    expect(choice("guest", "whisk.system/utils/echo")).toEqual([1_997_953_949, 2, 2]);
  });

  test.for([
    [0, 0, 0, 0],
    [1, 1, 0, 1],
    [2, 2, 1, 1],
    [9, 9, 8, 1],
    [10, 9, 9, 1],
    [100, 90, 90, 10],
  ] as const)(
    "of %i invokers: %i managed, own images from %i on, %i",
    ([total, managed, from, blackbox], { expect }) => {
      const shards = shardsOf(total, DEFAULT_FRACTIONS);
      expect([shards.managed.from, shards.managed.count]).toEqual([0, managed]);
      expect([shards.blackbox.from, shards.blackbox.count]).toEqual([from, blackbox]);
    },
  );

  test("fractions that leave a gap or exceed one are mended as the original mends them", ({ expect }) => {
    const counts = (managed: number, blackbox: number) => {
      const shards = shardsOf(10, { managed, blackbox });
      return [shards.managed.count, shards.blackbox.count];
    };
    expect(counts(0.5, 0.1)).toEqual([5, 5]);
    expect(counts(1, 1)).toEqual([10, 10]);
    expect(counts(0, 0)).toEqual([1, 10]);
    expect(counts(7, -1)).toEqual([10, 1]);
  });

  test("every walk meets each invoker of its shard once, and no other", () => {
    assert(
      property(integer({ min: 1, max: 200 }), integer({ min: 0, max: 2 ** 31 }), (total, hash) => {
        const { managed, blackbox } = shardsOf(total, DEFAULT_FRACTIONS);
        return [managed, blackbox].every((shard) => {
          const met = [...probes(shard, hash)];
          const inside = met.every((at) => at >= shard.from && at < shard.from + shard.count);
          return inside && met.length === shard.count && new Set(met).size === shard.count;
        });
      }),
    );
  });
});
