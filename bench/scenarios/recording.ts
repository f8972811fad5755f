import { HELLO, type Platform, startPlatform } from "../src/platform.ts";
import { alternate, comparedRow, type Side, warmUp } from "../src/rounds.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const CONNECTIONS = 64;

/** What keeping records costs: servers that keep all, none of the successful ones, and all of them synced. */
export const recording: Scenario = {
  name: "recording",
  title: `Recording, ${CONNECTIONS} clients`,
  remote: false,
  async run(bench) {
    await using servers = new AsyncDisposableStack();
    const side = async (flags: readonly string[]): Promise<Side> => {
      const platform = servers.use(await startPlatform(bench, flags));
      return { spec: await warmedUp(bench, platform), pid: platform.pid };
    };
    const all = await side([]);
    const none = await side(["--store-blocking-results", "STORE_FAILURES"]);
    const strict = await side(["--durability", "strict"]);
    const compared = await alternate(bench, { all, none, strict });
    const lost = { what: "throughput that recording costs", unit: "%" };
    const kept = { what: "throughput with `strict` durability, share of the default", unit: "%" };
    return [
      comparedRow(
        compared,
        { goal: "G14", ...lost },
        (round) => (1 - round.all.perSecond / round.none.perSecond) * 100,
      ),
      comparedRow(compared, { goal: "G15", ...kept }, (round) => (round.strict.perSecond / round.all.perSecond) * 100),
      comparedRow(compared, { what: "all recorded (default)", unit: "calls/s" }, (round) => round.all.perSecond),
      comparedRow(compared, { what: "successes not recorded", unit: "calls/s" }, (round) => round.none.perSecond),
      comparedRow(compared, { what: "all recorded and synced", unit: "calls/s" }, (round) => round.strict.perSecond),
      comparedRow(compared, { what: "all recorded: server, CPU per call", unit: "µs" }, (round) => round.all.serverCpu),
      comparedRow(
        compared,
        { what: "successes not recorded: server, CPU per call", unit: "µs" },
        (round) => round.none.serverCpu,
      ),
      comparedRow(
        compared,
        { what: "all synced: server, CPU per call", unit: "µs" },
        (round) => round.strict.serverCpu,
      ),
    ];
  },
};

async function warmedUp(bench: Bench, platform: Platform): Promise<Side["spec"]> {
  await platform.put("hello", HELLO);
  const { origin } = platform;
  const spec = { origin, requests: [platform.invocation("hello")], connections: CONNECTIONS, seconds: bench.seconds };
  await warmUp(bench, spec);
  return spec;
}
