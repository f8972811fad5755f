import { bareNodeFirstResult } from "../src/bare-runtime.ts";
import { manyTimes } from "../src/data-folder.ts";
import { median } from "../src/figures.ts";
import { HELLO, openPlatform, type Platform } from "../src/platform.ts";
import { settle } from "../src/proc.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const CALLS = 100;
/** There are no stem cells of this size, so that every container starts from nothing. */
const MEMORY_MB = 128;
const AT_ONCE = 16;

interface Burst {
  /** Until the last result, in milliseconds. */
  readonly wall: number;
  /** Until half of the results were there. */
  readonly middle: number;
}

/** A hundred first calls of different actions at the same moment, beside as many bare starts of the runtime at once. */
export const burst: Scenario = {
  name: "burst",
  title: "A hundred first calls of different actions at once, in the sandbox",
  remote: false,
  async run(bench) {
    const count = bench.quick ? 2 : CALLS;
    await using platform = await openPlatform(bench, ["--user-memory", String(MEMORY_MB * CALLS * 2)]);
    const names = Array.from({ length: count }, (_, n) => `burst${n}`);
    const [bare, ours]: [Burst[], Burst[]] = [[], []];
    for (let round = 0; round < bench.rounds; round++) {
      bare.push(await allAtOnce(names, () => bareNodeFirstResult(HELLO.code)));
      ours.push(await platformBurst(bench, platform, names));
    }
    const ratio = (figure: keyof Burst): number[] =>
      ours.map((each, round) => each[figure] / (bare[round]?.[figure] ?? Number.NaN));
    const of = (all: readonly Burst[], figure: keyof Burst): number[] => all.map((each) => each[figure]);
    return [
      {
        goal: "G20",
        what: `last of ${count} results, multiple of ${count} bare starts at once`,
        unit: "×",
        values: ratio("wall"),
      },
      {
        goal: "G21",
        what: "half of the results, multiple of the bare starts (which nothing holds back)",
        unit: "×",
        values: ratio("middle"),
      },
      { what: "bare, last result", unit: "ms", values: of(bare, "wall") },
      { what: "platform, last result", unit: "ms", values: of(ours, "wall") },
      { what: "bare, half of the results", unit: "ms", values: of(bare, "middle") },
      { what: "platform, half of the results", unit: "ms", values: of(ours, "middle") },
    ];
  },
};

async function platformBurst(bench: Bench, platform: Platform, names: readonly string[]): Promise<Burst> {
  await manyTimes(names.length, AT_ONCE, (n) => platform.put(names[n] ?? "", HELLO, MEMORY_MB));
  await settle(bench, platform.pid);
  const done = await allAtOnce(names, (name) => platform.invoke(name));
  await manyTimes(names.length, AT_ONCE, (n) => platform.call("DELETE", `/actions/${names[n]}`)); // containers go too
  await settle(bench, platform.pid);
  return done;
}

async function allAtOnce(names: readonly string[], what: (name: string) => Promise<unknown>): Promise<Burst> {
  const started = performance.now();
  const times = await Promise.all(
    names.map(async (name) => {
      await what(name);
      return performance.now() - started;
    }),
  );
  return { wall: Math.max(...times), middle: median(times) };
}
