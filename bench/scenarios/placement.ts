import { shardingPlacement, warmPlacement } from "@meringue/controller";
import { type SimulationOutcome, type SimulationSize, simulatePlacement } from "../src/placement-simulation.ts";
import { seededRandom } from "../src/random.ts";
import type { Row } from "../src/row.ts";
import type { Scenario } from "../src/scenario.ts";

const SIZE: SimulationSize = { invokers: 1_000, actions: 10_000, placements: 300_000 };
const QUICK: SimulationSize = { invokers: 20, actions: 200, placements: 4_000 };

/** The load balancer's choices beside the original's, on the same load, in a cluster of numbers. */
export const placement: Scenario = {
  name: "placement",
  title: `Placement on ${SIZE.invokers.toLocaleString("en-US")} invokers, ${SIZE.actions.toLocaleString("en-US")} actions called by Zipf's law, simulated`,
  remote: false,
  async run(bench) {
    const size = bench.quick ? QUICK : SIZE;
    const [ours, theirs]: [SimulationOutcome[], SimulationOutcome[]] = [[], []];
    for (let round = 0; round < bench.rounds; round++) {
      theirs.push(simulatePlacement(shardingPlacement({ random: seededRandom(round) }), size, round));
      ours.push(simulatePlacement(warmPlacement(), size, round));
    }
    return rowsOf(ours, theirs);
  },
};

function rowsOf(ours: readonly SimulationOutcome[], theirs: readonly SimulationOutcome[]): readonly Row[] {
  const of = (side: readonly SimulationOutcome[], figure: keyof SimulationOutcome): number[] =>
    side.map((each) => each[figure]);
  const ratio = (figure: keyof SimulationOutcome): number[] =>
    ours.map((each, round) => each[figure] / (theirs[round]?.[figure] ?? Number.NaN));
  const colder = ours.map(
    (each, round) => (100 - each.warmPercent) / (100 - (theirs[round]?.warmPercent ?? Number.NaN)),
  );
  return [
    {
      goal: "placed",
      what: "placed and released in a second of the processor",
      unit: "/s",
      values: of(ours, "perSecond"),
    },
    { what: "the original's algorithm", unit: "/s", values: of(theirs, "perSecond") },
    { goal: "warmth", what: "cold starts, multiple of the original's", unit: "×", values: colder },
    { what: "found a warm container", unit: "%", values: of(ours, "warmPercent") },
    { what: "the original's algorithm", unit: "%", values: of(theirs, "warmPercent") },
    {
      goal: "spread",
      what: "deviation of memory in use, multiple of the original's",
      unit: "×",
      values: ratio("spreadPercent"),
    },
    { what: "deviation of memory in use, of each invoker's memory", unit: "%", values: of(ours, "spreadPercent") },
    { what: "the original's algorithm", unit: "%", values: of(theirs, "spreadPercent") },
    { goal: "none", what: "activations sent to an invoker without room", unit: "", values: of(ours, "overBooked") },
    { what: "the original's algorithm", unit: "", values: of(theirs, "overBooked") },
    { what: "activations that waited for room", unit: "", values: of(ours, "waited") },
  ];
}
