import { type Row, spread } from "./figures.ts";
import type { LoadResult } from "./load-client.ts";
import { HELLO, type Platform, startPlatform } from "./platform.ts";
import { cpuMicroseconds, load, startProgram } from "./processes.ts";

const ROUNDS = 5;
const SECONDS = 3;
const BODY = '{"name":"Ada"}';

interface Round {
  readonly direct: LoadResult;
  readonly ours: LoadResult;
  readonly cpuPerRequest: number;
}

/** Warm blocking invocations against the bare action server, in alternating rounds. */
export async function warmScenario(): Promise<Row[]> {
  const bare = await startProgram("bare-action-server.ts");
  try {
    await using platform = await startPlatform();
    await platform.put("hello", HELLO);
    await platform.invoke("hello");
    await load(platform.invokeUrl("hello"), {
      connections: 64,
      seconds: 2,
      auth: platform.server.guestKey,
      body: BODY,
    });
    return [...rows(1, await rounds(bare.url, platform, 1)), ...rows(64, await rounds(bare.url, platform, 64))];
  } finally {
    await bare.stop();
  }
}

async function rounds(bareUrl: string, platform: Platform, connections: number): Promise<Round[]> {
  const { guestKey, child } = platform.server;
  const done: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const direct = await load(bareUrl, { connections, seconds: SECONDS, body: BODY });
    const before = await cpuMicroseconds(child.pid ?? 0);
    const ours = await load(platform.invokeUrl("hello"), { connections, seconds: SECONDS, auth: guestKey, body: BODY });
    const cpuPerRequest = ((await cpuMicroseconds(child.pid ?? 0)) - before) / ours.requests;
    if (ours.failures + direct.failures > 0) throw new Error(`${ours.failures} calls failed: the round does not count`);
    done.push({ direct, ours, cpuPerRequest });
  }
  return done;
}

function rows(connections: number, all: readonly Round[]): Row[] {
  const of = (pick: (round: Round) => number): number[] => all.map(pick);
  const share = of(({ direct, ours }) => (ours.perSecond / direct.perSecond) * 100);
  const row = (what: string, values: number[], digits = 0): Row => ({
    what: `${connections} client${connections > 1 ? "s" : ""}: ${what}`,
    value: spread(values, digits),
    raw: values,
  });
  return [
    row(
      "bare, requests/s",
      of(({ direct }) => direct.perSecond),
    ),
    row(
      "platform, requests/s",
      of(({ ours }) => ours.perSecond),
    ),
    row("share of bare, %", share),
    row(
      "bare, p50 µs",
      of(({ direct }) => direct.p50),
    ),
    row(
      "platform, p50 µs",
      of(({ ours }) => ours.p50),
    ),
    row(
      "added p50 µs",
      of(({ direct, ours }) => ours.p50 - direct.p50),
    ),
    row(
      "bare, p99 µs",
      of(({ direct }) => direct.p99),
    ),
    row(
      "platform, p99 µs",
      of(({ ours }) => ours.p99),
    ),
    row(
      "server CPU per request, µs",
      of(({ cpuPerRequest }) => cpuPerRequest),
    ),
    row(
      "in flight (should be near the number of clients)",
      of(({ ours }) => (ours.perSecond * ours.mean) / 1e6),
      2,
    ),
  ];
}
