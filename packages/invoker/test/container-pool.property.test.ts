import type { Clock } from "@meringue/core";
import { ContainerGone, ContainerStartFailed } from "@meringue/core";
import fc from "fast-check";
import { describe, test } from "vitest";
import type { Outcome } from "../src/job.ts";
import { type JobWishes, type PoolWorld, poolWorld, type TestJob, turn } from "./pool-world.ts";

const MEMORY_MB = 1024;
const OWNERS: readonly (readonly [string, JobWishes])[] = [
  ["a/small", { memoryMb: 128 }],
  ["b/small", { memoryMb: 128 }],
  ["a/shared", { memoryMb: 256, concurrency: 3 }],
  ["b/middle", { memoryMb: 256 }],
  ["c/large", { memoryMb: 512 }],
  ["d/whole", { memoryMb: 1024 }],
  ["e/never", { memoryMb: 2048 }],
];

type Step =
  | { readonly do: "submit"; readonly owner: number }
  | { readonly do: "init" | "die"; readonly which: number }
  | { readonly do: "end"; readonly which: number; readonly outcome: Outcome }
  | { readonly do: "cell"; readonly owner: number }
  | { readonly do: "pass"; readonly ms: number };

const which = fc.nat(20);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("submit" as const), owner: fc.nat(OWNERS.length - 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("init" as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("die" as const), which }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      which,
      outcome: fc.constantFrom<Outcome>("keep", "keep", "keep", "destroy", "reschedule"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cell" as const), owner: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(0, 10, 60, 500, 3_000) }) },
);

/** How long the next deeds of the runtime take, and whether they fail; used up in turns. */
const anyLuck = fc.array(
  fc.record({ ms: fc.constantFrom(0, 0, 5, 100, 2_500), fails: fc.nat(9).map((n) => n === 0) }),
  {
    minLength: 1,
    maxLength: 10,
  },
);
type Luck = readonly { readonly ms: number; readonly fails: boolean }[];

interface Model {
  readonly world: PoolWorld;
  readonly jobs: (TestJob & { init(): void })[];
}

function aModel(luck: Luck): Model {
  let deeds = 0;
  let clock: Clock | undefined;
  const deed = async (failure?: Error): Promise<void> => {
    const { ms, fails } = luck[deeds++ % luck.length] ?? { ms: 0, fails: false };
    if (ms > 0) await new Promise<void>((resolve) => clock?.after(ms, resolve));
    if (fails && failure !== undefined) throw failure;
  };
  const world = poolWorld({
    memoryMb: MEMORY_MB,
    parallelStarts: 3,
    idleTimeoutMs: 5_000,
    creating: () => deed(new ContainerStartFailed("host", "bad luck")),
    pausing: () => deed(new Error("bad luck")),
    resuming: () => deed(new ContainerGone()),
    removing: () => deed(),
  });
  clock = world.clock;
  return { world, jobs: [] };
}

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

async function take(step: Step, { world, jobs }: Model): Promise<void> {
  const running = jobs.filter((job) => job.state === "running");
  switch (step.do) {
    case "submit": {
      const [owner, wishes] = OWNERS[step.owner] ?? ["a/small", {}];
      const job = world.aJob(owner, { ...wishes, slowInit: true });
      jobs.push(job);
      world.pool.submit(job);
      break;
    }
    case "init":
      pick(running, step.which)?.init();
      break;
    case "end":
      pick(running, step.which)?.end(step.outcome);
      break;
    case "die":
      pick(world.runtime.containers, step.which)?.exit();
      break;
    case "cell": {
      const [, wishes] = OWNERS[step.owner] ?? ["", {}];
      world.pool.addCell({ kind: "nodejs:24", image: "image", pull: "never", memoryMb: wishes.memoryMb ?? 256 });
      break;
    }
    case "pass":
      world.clock.advance(step.ms);
  }
  await turn();
}

/** Ends everything, as its users would. */
async function finish({ world, jobs }: Model): Promise<void> {
  const open = () => jobs.filter((job) => job.state === "waiting" || job.state === "running");
  for (let round = 0; round < 300 && open().length > 0; round++) {
    for (const job of open().filter(({ state }) => state === "running")) {
      job.init();
      job.end();
    }
    await turn();
    world.clock.advance(1_000);
    await turn();
  }
}

async function close({ world }: Model): Promise<void> {
  const closed = world.pool.close(10_000);
  let open = true;
  void closed.then(() => {
    open = false;
  });
  for (let round = 0; round < 50 && open; round++) {
    world.clock.advance(1_000);
    await turn();
  }
  await closed;
}

describe("a pool, whatever happens", () => {
  test("never over-commits memory, shares a container between owners, loses a job or leaks", async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), anyLuck, async (steps, luck) => {
        const model = aModel(luck);
        const { world, jobs } = model;
        for (const step of steps) {
          await take(step, model);
          for (const { state, inFlight, owner } of world.pool.table.all()) {
            if (inFlight > (owner?.concurrency ?? 0)) throw new Error(`${inFlight} at a time in a ${state} container`);
          }
        }
        await finish(model);
        // a test job throws when it is run twice, or in a container of another owner
        expect(jobs.filter((job) => job.state !== "done" && job.state !== "failed")).toEqual([]);
        expect(jobs.filter((job) => job.reason !== undefined && !(job.reason instanceof ContainerStartFailed))).toEqual(
          [],
        );
        expect(world.runtime.peakMemoryMb).toBeLessThanOrEqual(MEMORY_MB);
        expect(world.pool.waiting).toBe(0);
        await close(model);
        expect([world.runtime.containers, world.runtime.memoryMb, world.pool.table.size]).toEqual([[], 0, 0]);
      }),
      { numRuns: 150 },
    );
  });
});
