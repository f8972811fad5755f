import { setTimeout as pause } from "node:timers/promises";
import type { GoalId } from "./goals.ts";
import type { LoadResult, LoadSpec } from "./load.ts";
import { cpuUs, descendants, loopCpuUs } from "./proc.ts";
import type { Row } from "./row.ts";
import type { Bench } from "./scenario.ts";

/** One of the things that are compared. */
export interface Side {
  readonly spec: LoadSpec;
  /** Its server, when it runs here: then its processor time is told. */
  readonly pid?: number | undefined;
  /** Brought about before each of its rounds. */
  before?(): Promise<void>;
}

/** One side under load for a while. */
export interface Sample extends LoadResult {
  readonly perSecond: number;
  /** Requests in flight on average, as a share of the connections (Little's law). */
  readonly inFlight: number;
  /** Processor time per request in microseconds: of the server, of its event loop, and of all that it started. */
  readonly serverCpu: number;
  readonly loopCpu: number;
  readonly childrenCpu: number;
}

export type Round<S extends string> = Readonly<Record<S, Sample>>;

/** What became of a comparison. */
export interface Comparison<S extends string> {
  /** The rounds that kept the rules. */
  readonly rounds: readonly Round<S>[];
  /** Why the rest did not. */
  readonly broken: readonly string[];
  /** Why no row may be made of it. */
  readonly rejected: string | undefined;
}

/** In-flight shares outside of this mean that connections hung, or that the generator was the bottleneck. */
const IN_FLIGHT = { least: 0.7, most: 1.02 };
/** Rounds that are run again because a share was outside; failed requests are never given another chance. */
const SECOND_CHANCES = 2;
const WARM_UP_SHARE = 0.2;

const WARM_UP_SECONDS = 2;
const MOST_WARM_UPS = 10;
/** Throughput that grows less than this from one warm-up to the next has come to its end. */
const WORTHWHILE = 1.05;

/** Puts something under load until it does not get faster any more: what is compiled on the way is compiled then. */
export async function warmUp(bench: Bench, spec: LoadSpec): Promise<void> {
  let best = 0;
  for (let time = 0; time < (bench.quick ? 1 : MOST_WARM_UPS); time++) {
    const result = await bench.load.run({ ...spec, seconds: Math.min(bench.seconds, WARM_UP_SECONDS) });
    const perSecond = result.requests / result.seconds;
    if (time > 1 && perSecond < best * WORTHWHILE) return;
    best = Math.max(best, perSecond);
  }
}

/** Puts each side under load in turn, again and again, and checks each time that the figures mean something. */
export async function alternate<S extends string>(bench: Bench, sides: Record<S, Side>): Promise<Comparison<S>> {
  const rounds: Round<S>[] = [];
  const broken: string[] = [];
  let failed = false;
  while (rounds.length < bench.rounds && broken.length <= SECOND_CHANCES && !failed) {
    const round: Partial<Record<S, Sample>> = {};
    const complaints: string[] = [];
    for (const name of Object.keys(sides) as S[]) {
      const sample = await measure(bench, sides[name]);
      round[name] = sample;
      const errors = errorsOf(sample);
      if (errors !== undefined) failed = true;
      const complaint = errors ?? (bench.quick ? undefined : shareComplaint(sample));
      if (complaint !== undefined) complaints.push(`${name}: ${complaint}`);
    }
    if (complaints.length === 0) rounds.push(round as Round<S>);
    else broken.push(complaints.join(", "));
  }
  const enough = rounds.length >= bench.rounds && !failed;
  return { rounds, broken, rejected: enough ? undefined : broken.join("; ") };
}

/** A row of a comparison: one figure a round. */
export function comparedRow<S extends string>(
  { rounds, rejected }: Comparison<S>,
  row: { readonly what: string; readonly unit: string; readonly goal?: GoalId },
  figure: (round: Round<S>) => number,
): Row {
  return { ...row, values: rounds.map(figure), ...(rejected === undefined ? {} : { rejected }) };
}

async function measure(bench: Bench, side: Side): Promise<Sample> {
  await side.before?.();
  if (!bench.quick) {
    await bench.load.run({ ...side.spec, seconds: bench.seconds * WARM_UP_SHARE });
    await pause(bench.restMs);
  }
  const children = side.pid === undefined ? [] : await descendants(side.pid);
  const before = await usage(side.pid, children);
  const result = await bench.load.run({ ...side.spec, seconds: bench.seconds });
  const after = await usage(side.pid, children);
  const perRequest = (key: keyof Usage): number => (after[key] - before[key]) / Math.max(1, result.requests);
  const perSecond = result.requests / result.seconds;
  return {
    ...result,
    perSecond,
    inFlight: (perSecond * result.mean) / 1e6 / side.spec.connections,
    serverCpu: perRequest("server"),
    loopCpu: perRequest("loop"),
    childrenCpu: perRequest("children"),
  };
}

interface Usage {
  readonly server: number;
  readonly loop: number;
  readonly children: number;
}

async function usage(pid: number | undefined, children: readonly number[]): Promise<Usage> {
  if (pid === undefined) return { server: Number.NaN, loop: Number.NaN, children: Number.NaN };
  const each = await Promise.all(children.map((child) => cpuUs(child).catch(() => 0)));
  return { server: await cpuUs(pid), loop: await loopCpuUs(pid), children: each.reduce((sum, one) => sum + one, 0) };
}

function errorsOf({ badAnswers, socketErrors, requests }: Sample): string | undefined {
  if (badAnswers > 0) return `${badAnswers} of ${requests} answers were not 2xx`;
  if (socketErrors > 0) return `${socketErrors} socket errors`;
  return requests === 0 ? "nothing was answered" : undefined;
}

function shareComplaint({ inFlight }: Sample): string | undefined {
  if (inFlight >= IN_FLIGHT.least && inFlight <= IN_FLIGHT.most) return undefined;
  return `${inFlight.toFixed(2)} of the connections were in use`;
}
