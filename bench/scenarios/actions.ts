import { manyTimes } from "../src/data-folder.ts";
import { HELLO, openPlatform, type Platform } from "../src/platform.ts";
import { settle } from "../src/proc.ts";
import { alternate, comparedRow, warmUp } from "../src/rounds.ts";
import type { Row } from "../src/row.ts";
import type { Bench, Scenario } from "../src/scenario.ts";

const CONNECTIONS = 64;
const REGISTERED = 1_000;
const DISTINCT = 100;
const AT_ONCE = 16;
/** Room for all of them at once, with one more for those that are called twice at a time. */
const ROOM = ["--user-memory", "32768"];
const SMALL_MB = 128;

/** Whether one action is as fast among many, and whether many in turn are as fast as one. */
export const actions: Scenario = {
  name: "actions",
  title: `Many actions, ${CONNECTIONS} clients`,
  remote: true,
  async run(bench) {
    await using platform = await openPlatform(bench, ROOM);
    await platform.put("hot", HELLO, SMALL_MB);
    const hot = { origin: platform.origin, requests: [platform.invocation("hot")], connections: CONNECTIONS };
    await warmUp(bench, { ...hot, seconds: bench.seconds });
    return [...(await registeredRows(bench, platform)), ...(await distinctRows(bench, platform))];
  },
};

async function registeredRows(bench: Bench, platform: Platform): Promise<Row[]> {
  const count = bench.quick ? 5 : REGISTERED;
  const spec = {
    ...{ origin: platform.origin, requests: [platform.invocation("hot")] },
    ...{ connections: CONNECTIONS, seconds: bench.seconds },
  };
  const toAll = (what: (name: string) => Promise<unknown>) => async () => {
    await manyTimes(count - 1, AT_ONCE, (n) => what(`other${n}`));
    await settle(bench, platform.pid);
  };
  const register = toAll((name) => platform.put(name, HELLO, SMALL_MB));
  const remove = toAll((name) => platform.call("DELETE", `/actions/${platform.named(name)}`));
  const compared = await alternate(bench, {
    many: { spec, pid: platform.pid, before: register },
    one: { spec, pid: platform.pid, before: remove },
  });
  const what = `one action called, ${count} registered: throughput, multiple of 1 registered`;
  return [
    comparedRow(compared, { goal: "G18", what, unit: "×" }, ({ many, one }) => many.perSecond / one.perSecond),
    comparedRow(compared, { what: "1 registered", unit: "calls/s" }, ({ one }) => one.perSecond),
    comparedRow(compared, { what: `${count} registered`, unit: "calls/s" }, ({ many }) => many.perSecond),
    ...cpuRows(platform, (row, pick) => comparedRow(compared, row, ({ many, one }) => pick(many, one)), "registered"),
  ];
}

async function distinctRows(bench: Bench, platform: Platform): Promise<Row[]> {
  const names = Array.from({ length: bench.quick ? 3 : DISTINCT }, (_, n) => `distinct${n}`);
  await manyTimes(names.length, AT_ONCE, (n) => platform.put(names[n] ?? "", HELLO, SMALL_MB));
  await manyTimes(names.length, 2, (n) => platform.invoke(names[n] ?? ""));
  const spec = { origin: platform.origin, connections: CONNECTIONS, seconds: bench.seconds };
  // As many requests in the list on both sides, so that the generator works as hard.
  const one = { ...spec, requests: names.map(() => platform.invocation("hot")) };
  const many = { ...spec, requests: names.map((name) => platform.invocation(name)) };
  await warmUp(bench, many);
  const compared = await alternate(bench, {
    many: { spec: many, pid: platform.pid },
    one: { spec: one, pid: platform.pid },
  });
  const what = `${names.length} actions in turn: throughput, multiple of one action's`;
  return [
    comparedRow(compared, { goal: "G19", what, unit: "×" }, (round) => round.many.perSecond / round.one.perSecond),
    comparedRow(compared, { what: "one action", unit: "calls/s" }, (round) => round.one.perSecond),
    comparedRow(
      compared,
      { what: `${names.length} actions in turn`, unit: "calls/s" },
      (round) => round.many.perSecond,
    ),
    ...cpuRows(platform, (row, pick) => comparedRow(compared, row, (round) => pick(round.many, round.one)), "in turn"),
  ];
}

type Pick = (many: { serverCpu: number }, one: { serverCpu: number }) => number;

function cpuRows(
  { pid }: Platform,
  make: (row: { what: string; unit: string }, pick: Pick) => Row,
  many: string,
): Row[] {
  if (pid === undefined) return [];
  return [
    make({ what: `many ${many}: server, CPU per call`, unit: "µs" }, ({ serverCpu }) => serverCpu),
    make({ what: "one: server, CPU per call", unit: "µs" }, (_, { serverCpu }) => serverCpu),
  ];
}
