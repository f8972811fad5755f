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
/** There are no stem cells of this size, so that a container starts from nothing. */
const NO_STEM_CELL_MB = 192;

type Figures = Record<"bare" | "cold" | "cell", number[]>;

/** First calls of new actions in the sandbox: from nothing and from a stem cell, beside the same language without a platform. */
export const cold: Scenario = {
  name: "cold",
  title: "First calls of new actions, one at a time, in the sandbox",
  remote: false,
  async run(bench) {
    const python = await findPython();
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
    if (typeof python === "string") return [...rows, skippedRow("python", python, "G9")];
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
  const figures: Figures = { bare: [], cold: [], cell: [] };
  const first = async (name: string, memoryMb: number): Promise<number> => {
    await platform.put(name, exec, memoryMb);
    await settle(bench, platform.pid); // the stem cell that the last start took is replaced
    const took = await platform.invoke(name);
    // Its container would idle for minutes, and with some dozens of them there is no memory left for stem cells.
    await platform.call("DELETE", `/actions/${platform.named(name)}`);
    return took;
  };
  await first(`${kind}_warmup`, NO_STEM_CELL_MB); // what the server itself does for the first time does not count
  for (let round = 0; round < bench.rounds; round++) {
    const times: Figures = { bare: [], cold: [], cell: [] };
    for (let start = 0; start < (bench.quick ? 1 : STARTS); start++) {
      await settle(bench, platform.pid);
      times.bare.push(await bare());
      times.cold.push(await first(`${kind}_cold${round}_${start}`, NO_STEM_CELL_MB));
      times.cell.push(await first(`${kind}_cell${round}_${start}`, STEM_CELL_MB));
    }
    for (const sort of ["bare", "cold", "cell"] as const) figures[sort].push(median(times[sort]));
  }
  return figures;
}

function ratio({ bare, cold: ours }: Figures): number[] {
  return ours.map((ms, round) => ms / (bare[round] ?? Number.NaN));
}
