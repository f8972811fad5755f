import { findPython } from "../../runtimes/catalogue/find-python.ts";
import { bareNodeFirstResult, bareRun } from "../src/bare-runtime.ts";
import { median } from "../src/figures.ts";
import { HELLO, HELLO_PYTHON, openPlatform, type Platform } from "../src/platform.ts";
import { settle } from "../src/proc.ts";
import { type Row, skippedRow } from "../src/row.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

/** Starts of each sort in a round; the round's figure is their median. */
const STARTS = 7;
const STEM_CELL_MB = 256;
/** There are no stem cells of this size, so that a container starts from nothing, or from what the sandbox has started ahead. */
const NO_STEM_CELL_MB = 192;
/** `again` is a first call right after another, which finds nothing started ahead. */
const SORTS = ["bare", "cold", "again", "cell"] as const;

type Figures = Record<(typeof SORTS)[number], number[]>;

/** First calls of new actions in the sandbox: from nothing and from a stem cell, beside the same language without a platform. */
export const cold: Scenario = {
  name: "cold",
  title: "First calls of new actions, one at a time, in the sandbox",
  remote: false,
  async run(bench) {
    const pythons = await findPython();
    await using platform = await openPlatform(bench);
    const nodejs = await rounds(bench, platform, "nodejs", HELLO, () => bareNodeFirstResult(HELLO.code));
    const rows: Row[] = [
      {
        goal: "G7",
        what: "nodejs, cold: first result, multiple of the bare runtime's",
        unit: "×",
        values: ratio(nodejs),
      },
      { what: "nodejs, bare runtime: process start to first result", unit: "ms", values: nodejs.bare },
      { what: "nodejs, cold: call to result", unit: "ms", values: nodejs.cold },
      { goal: "G8a", what: "nodejs, stem cell: call to result", unit: "ms", values: nodejs.cell },
    ];
    if (typeof pythons === "string") return [...rows, skippedRow("python", pythons, "G9")];
    const [python] = pythons;
    const bare = (): Promise<number> => bareRun(python.path, ["-c", "0"]);
    const three = await rounds(bench, platform, "python", HELLO_PYTHON, bare);
    return [
      ...rows,
      {
        goal: "G9",
        what: "python, cold: first result, multiple of bare `python3 -c 0`",
        unit: "×",
        values: ratio(three),
      },
      { what: "python, bare `python3 -c 0`", unit: "ms", values: three.bare },
      { what: "python, cold: call to result", unit: "ms", values: three.cold },
      { what: "python, cold, right after another: call to result", unit: "ms", values: three.again },
      { goal: "G8b", what: "python, stem cell: call to result", unit: "ms", values: three.cell },
    ];
  },
};

async function rounds(
  bench: Bench,
  platform: Platform,
  kind: string,
  exec: object,
  bare: () => Promise<number>,
): Promise<Figures> {
  const figures: Figures = { bare: [], cold: [], again: [], cell: [] };
  const first = async (memoryMb: number, ...names: readonly string[]): Promise<number[]> => {
    for (const name of names) await platform.put(name, exec, memoryMb);
    await settle(bench, platform.pid); // the stem cell that the last start took is replaced
    const took: number[] = [];
    for (const name of names) took.push(await platform.invoke(name));
    // Its container would idle for minutes, and with some dozens of them there is no memory left for stem cells.
    for (const name of names) await platform.call("DELETE", `/actions/${platform.named(name)}`);
    return took;
  };
  await first(NO_STEM_CELL_MB, `${kind}_warmup`); // what the server itself does for the first time does not count
  for (let round = 0; round < bench.rounds; round++) {
    const times: Figures = { bare: [], cold: [], again: [], cell: [] };
    for (let start = 0; start < (bench.quick ? 1 : STARTS); start++) {
      await settle(bench, platform.pid);
      times.bare.push(await bare());
      const names = [`${kind}_cold${round}_${start}`, `${kind}_again${round}_${start}`];
      const [cold = Number.NaN, again = Number.NaN] = await first(NO_STEM_CELL_MB, ...names);
      times.cold.push(cold);
      times.again.push(again);
      times.cell.push(...(await first(STEM_CELL_MB, `${kind}_cell${round}_${start}`)));
    }
    for (const sort of SORTS) figures[sort].push(median(times[sort]));
  }
  return figures;
}

function ratio({ bare, cold: ours }: Figures): number[] {
  return ours.map((ms, round) => ms / (bare[round] ?? Number.NaN));
}
