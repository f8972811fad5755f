import { open } from "node:fs/promises";
import { join } from "node:path";
import { manyTimes, openStore, temporaryFolder } from "../src/data-folder.ts";
import { sampleRecord } from "../src/samples.ts";
import type { Scenario } from "../src/scenario.ts";

const AT_ONCE = 64;
const RECORDS = 100_000;
const QUICK_RECORDS = 500;

/** How many records a second are kept for good, beside a file that the same bytes are just appended to. */
export const durable: Scenario = {
  name: "durable",
  title: `Records kept for good, ${AT_ONCE} at a time (kept: synced to the disk, by the store itself)`,
  remote: false,
  async run(bench) {
    const count = bench.quick ? QUICK_RECORDS : RECORDS;
    const [bare, synced, unsynced, readable]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (let round = 0; round < bench.rounds; round++) {
      bare.push(await appended(count));
      const strict = await stored(count, "strict");
      synced.push(strict.kept);
      readable.push(strict.readable);
      unsynced.push((await stored(count, "default")).kept);
    }
    return [
      { goal: "G13", what: "synced before it counts as kept (`strict`)", unit: "records/s", values: synced },
      { what: "the same, until the database has them all too", unit: "records/s", values: readable },
      { what: "written before it counts as kept (`default`)", unit: "records/s", values: unsynced },
      { what: `bare: appended to a file, ${AT_ONCE} to a write, no sync`, unit: "records/s", values: bare },
    ];
  },
};

async function stored(count: number, durability: "default" | "strict"): Promise<{ kept: number; readable: number }> {
  await using folder = await temporaryFolder();
  const store = await openStore(folder.path, durability);
  try {
    const started = performance.now();
    await manyTimes(count, AT_ONCE, (n) => store.activations.put(sampleRecord(n)));
    const keptMs = performance.now() - started;
    const found = await store.activations.count({ namespace: "guest" }); // waits for the database
    const readableMs = performance.now() - started;
    if (found !== count) throw new Error(`${found} of ${count} records were found`);
    return { kept: (count / keptMs) * 1000, readable: (count / readableMs) * 1000 };
  } finally {
    await store.close();
  }
}

async function appended(count: number): Promise<number> {
  await using folder = await temporaryFolder();
  await using file = await open(join(folder.path, "records"), "a");
  const started = performance.now();
  for (let n = 0; n < count; n += AT_ONCE) {
    const lines = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, i) => JSON.stringify(sampleRecord(n + i)));
    await file.write(`${lines.join("\n")}\n`);
  }
  return (count / (performance.now() - started)) * 1000;
}
