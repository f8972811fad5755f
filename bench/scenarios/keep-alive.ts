import { type KeepAlive, type Outcome, playTrace } from "../src/keep-alive-simulation.ts";
import type { Row } from "../src/row.ts";
import type { Scenario } from "../src/scenario.ts";
import { syntheticTrace } from "../src/synthetic-trace.ts";

const MINUTE_MS = 60_000;
const TRACE_MINUTES = 240;
const TRACES = 3;
const MEMORY_MB = [4_096, 8_192, 32_768] as const;

/** OpenWhisk's rule, ours, and ours by halves. All keep an idle container for 10 minutes. */
const WAYS = {
  "longest idle goes first": { evict: "oldest", rewarm: false },
  "least worth goes first": { evict: "least worth", rewarm: false },
  "the same, with stem cells before calls that are foreseen": { evict: "least worth", rewarm: true },
} as const satisfies Readonly<Record<string, Omit<KeepAlive, "idleTimeoutMs">>>;

/** Which idle containers are kept: played on made-up traces, without any container. */
export const keepAlive: Scenario = {
  name: "keep-alive",
  title: "Cold starts that keeping and foreseeing avoid (a simulation)",
  remote: false,
  async run(bench) {
    const rounds = bench.quick ? 1 : Math.min(TRACES, bench.rounds);
    const traces = Array.from({ length: rounds }, (_, round) => syntheticTrace(round + 1, TRACE_MINUTES));
    return MEMORY_MB.flatMap((memoryMb) => rowsFor(traces, memoryMb));
  },
};

function rowsFor(traces: readonly ReturnType<typeof syntheticTrace>[], memoryMb: number): Row[] {
  const where = `${memoryMb / 1_024} GB`;
  return Object.entries(WAYS).flatMap(([name, way]) => {
    const outcomes = traces.map((trace) => playTrace(trace, memoryMb, { ...way, idleTimeoutMs: 10 * MINUTE_MS }));
    const share = ({ cold, calls }: Outcome): number => (100 * cold) / calls;
    return [
      { what: `${where}, ${name}: cold starts of all calls`, unit: "%", values: outcomes.map(share) },
      {
        what: `${where}, ${name}: time in cold starts`,
        unit: "s",
        values: outcomes.map(({ coldMs }) => coldMs / 1_000),
      },
    ];
  });
}
