import { describe, test } from "vitest";
import type { LoadResult, LoadSpec } from "./load.ts";
import { alternate, comparedRow } from "./rounds.ts";
import type { Bench } from "./scenario.ts";

const spec: LoadSpec = { origin: "http://127.0.0.1:1", requests: [], connections: 10, seconds: 1 };
const good: LoadResult = {
  requests: 1000,
  badAnswers: 0,
  socketErrors: 0,
  seconds: 1,
  p50: 8000,
  p99: 9900,
  mean: 9000,
};

/** A bench whose generator gives these results, the last again and again, and notes whom it asked. */
function benchWith(results: readonly LoadResult[], rounds = 5): Bench & { readonly asked: string[] } {
  const asked: string[] = [];
  let measured = 0;
  return {
    ...{ quick: false, rounds, seconds: 1, minutes: 1, restMs: 0, asked },
    ...{ target: undefined, shared: undefined, upstreamRuntime: undefined, profileDir: undefined },
    say: () => undefined,
    load: {
      name: "a fake",
      async run({ origin, seconds }) {
        if (seconds < 1) return good; // a warm-up
        asked.push(origin);
        return results[Math.min(measured++, results.length - 1)] ?? good;
      },
    },
  };
}

const sides = { a: { spec: { ...spec, origin: "a" } }, b: { spec: { ...spec, origin: "b" } } };

describe("alternating rounds", () => {
  test("put the sides under load in turn", async ({ expect }) => {
    const bench = benchWith([good], 2);
    const { rounds } = await alternate(bench, sides);
    expect(bench.asked).toEqual(["a", "b", "a", "b"]);
    expect(rounds.map(({ a }) => a.perSecond)).toEqual([1000, 1000]);
    expect(rounds[0]?.a.inFlight).toBeCloseTo(0.9);
  });

  test("a round in which too few connections were in use is run again, and does not count", async ({ expect }) => {
    const { rounds, broken, rejected } = await alternate(benchWith([{ ...good, mean: 5000 }, good]), sides);
    expect(rounds).toHaveLength(5);
    expect(broken).toEqual(["a: 0.50 of the connections were in use"]);
    expect(rejected).toBeUndefined();
  });

  test("when that happens a third time, the comparison is rejected", async ({ expect }) => {
    const compared = await alternate(benchWith([{ ...good, mean: 12_000 }]), sides);
    expect(compared.broken).toHaveLength(3);
    const row = comparedRow(compared, { what: "x", unit: "ms" }, ({ a }) => a.p50);
    expect(row.rejected).toContain("1.20 of the connections");
    expect(row.values).toEqual([]);
  });

  test("one answer that is not 2xx rejects the comparison at once", async ({ expect }) => {
    const bench = benchWith([good, { ...good, badAnswers: 1 }, good]);
    const { rejected } = await alternate(bench, sides);
    expect(rejected).toBe("b: 1 of 1000 answers were not 2xx");
    expect(bench.asked).toEqual(["a", "b"]);
  });

  test("so does one socket error", async ({ expect }) => {
    const { rejected } = await alternate(benchWith([{ ...good, socketErrors: 2 }]), sides);
    expect(rejected).toContain("2 socket errors");
  });
});
