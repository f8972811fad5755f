import { manyTimes, openStore, temporaryFolder } from "../src/data-folder.ts";
import type { LoadRequest } from "../src/load.ts";
import { startPlatform } from "../src/platform.ts";
import { memoryMb, settle } from "../src/proc.ts";
import { alternate, comparedRow } from "../src/rounds.ts";
import { recordId, sampleRecord } from "../src/samples.ts";
import type { Scenario } from "../src/scenario.ts";

const RECORDS = 1_000_000;
const QUICK_RECORDS = 1_000;
const AT_ONCE = 512;
/** One in so many belongs to somebody else. */
const FOREIGN = 10;
const ASKED_FOR = 500;

/** Reading, through the API, from a store with a million records. */
export const million: Scenario = {
  name: "million",
  title: "A million records, one client",
  remote: false,
  async run(bench) {
    const count = bench.quick ? QUICK_RECORDS : RECORDS;
    await using folder = await temporaryFolder();
    const loadedMs = await fill(folder.path, count);
    bench.say(`${count} records kept in ${(loadedMs / 1000).toFixed(1)} s`);
    await using platform = await startPlatform(bench, [], { dataDir: folder.path });
    await settle(bench, platform.pid);
    const one = { origin: platform.origin, connections: 1, seconds: bench.seconds };
    const ids = Array.from({ length: ASKED_FOR }, (_, n) => numberOfMine(n, count));
    const get = ids.map((n): LoadRequest => platform.reading(`/activations/${recordId(n)}`));
    const list = [platform.reading("/activations?limit=30")];
    const compared = await alternate(bench, {
      list: { spec: { ...one, requests: list }, pid: platform.pid },
      docs: { spec: { ...one, requests: [platform.reading("/activations?limit=30&docs=true")] }, pid: platform.pid },
      named: { spec: { ...one, requests: [platform.reading("/activations?limit=30&name=hello")] }, pid: platform.pid },
      get: { spec: { ...one, requests: get }, pid: platform.pid },
    });
    const ms = (us: number): number => us / 1000;
    return [
      comparedRow(compared, { goal: "G16", what: "the 30 newest, p50", unit: "ms" }, (round) => ms(round.list.p50)),
      comparedRow(compared, { goal: "G17", what: "one by its id, p50", unit: "ms" }, (round) => ms(round.get.p50)),
      comparedRow(compared, { what: "the 30 newest, p99", unit: "ms" }, (round) => ms(round.list.p99)),
      comparedRow(compared, { what: "one by its id, p99", unit: "ms" }, (round) => ms(round.get.p99)),
      comparedRow(compared, { what: "the 30 newest with logs and results, p50", unit: "ms" }, (round) =>
        ms(round.docs.p50),
      ),
      comparedRow(compared, { what: "the 30 newest of one action, p50", unit: "ms" }, (round) => ms(round.named.p50)),
      {
        what: `keeping the ${count} of them, through the store`,
        unit: "records/s",
        values: [(count / loadedMs) * 1000],
      },
      { what: "server, resident memory", unit: "MB", values: [await memoryMb(platform.pid ?? 0)] },
    ];
  },
};

/** The n-th record that is asked for: spread over all, and guest's. */
function numberOfMine(n: number, count: number): number {
  const spread = Math.floor((n / ASKED_FOR) * count);
  return spread % FOREIGN === 0 ? spread + 1 : spread;
}

async function fill(dataDir: string, count: number): Promise<number> {
  const store = await openStore(dataDir);
  try {
    const started = performance.now();
    await manyTimes(count, AT_ONCE, (n) => {
      const namespace = n % FOREIGN === 0 ? "somebody" : "guest";
      return store.activations.put(sampleRecord(n, namespace, n % 3 === 0 ? "hello" : "other"));
    });
    await store.activations.count({ namespace: "guest" }); // waits until the database has them
    return performance.now() - started;
  } finally {
    await store.close();
  }
}
