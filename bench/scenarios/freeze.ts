import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApiEntrance } from "@meringue/core";
import { sandboxRuntime } from "@meringue/sandbox";
import { findLaunchers } from "../../runtimes/catalogue.ts";
import { median } from "../src/figures.ts";
import type { Scenario } from "../src/scenario.ts";

const TIMES = 100;

/** Nobody calls the API from these containers. */
const NO_ENTRANCE: ApiEntrance = {
  port: 0,
  open: async () => ({ port: 1, close: async () => undefined }),
};

/** How long an idle container takes to be frozen, and one that is called to go on. */
export const freeze: Scenario = {
  name: "freeze",
  title: "Freezing and resuming a container of the sandbox",
  remote: false,
  async run(bench) {
    const cacheDir = await mkdtemp(join(tmpdir(), "meringue-freeze-"));
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => rm(cacheDir, { recursive: true, force: true }));
    const { launcherFor } = await findLaunchers({ cacheDir });
    const ownerId = `bench${process.pid}freeze`;
    const runtime = await sandboxRuntime({ ownerId, launchers: launcherFor, entrance: NO_ENTRANCE });
    cleanup.defer(() => runtime.close());
    const container = await runtime.create({
      ...{ name: "frozen", kind: "nodejs:24", image: "", pull: "never", memoryMb: 256, cpuShares: 256, env: {} },
    });
    cleanup.defer(() => container.remove());

    const [freezes, thaws]: [number[], number[]] = [[], []];
    for (let round = 0; round < bench.rounds; round++) {
      const [freezing, thawing]: [number[], number[]] = [[], []];
      for (let time = 0; time < (bench.quick ? 3 : TIMES); time++) {
        freezing.push(await timed(() => container.pause()));
        thawing.push(await timed(() => container.resume()));
      }
      freezes.push(median(freezing));
      thaws.push(median(thawing));
    }
    return [
      { goal: "G10", what: "freeze, until it is known that nothing runs, p50", unit: "ms", values: freezes },
      { goal: "G10", what: "resume, p50", unit: "ms", values: thaws },
    ];
  },
};

async function timed(what: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await what();
  return performance.now() - started;
}
