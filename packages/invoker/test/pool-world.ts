import {
  type FakeClock,
  type FakeContainerRuntime,
  type FakeRuntimeOptions,
  fakeClock,
  fakeContainerRuntime,
} from "@meringue/testkit";
import { onTestFinished } from "vitest";
import type { CellClass } from "../src/cell.ts";
import { ContainerPool } from "../src/container-pool.ts";
import type { Job, Outcome } from "../src/job.ts";
import type { PoolOptions } from "../src/pool-options.ts";
import { type PooledContainer, pooledContainer } from "../src/pooled-container.ts";

/** A job that does what its test says, when it says so. */
export interface TestJob extends Job {
  readonly state: "waiting" | "running" | "done" | "failed";
  /** How often it was begun. */
  readonly begun: number;
  /** Where it runs, or ran last. */
  readonly in: PooledContainer | undefined;
  /** Why it failed. */
  readonly reason: unknown;
  /** Ends the run. */
  end(outcome?: Outcome): void;
}

export interface JobWishes {
  readonly memoryMb?: number;
  readonly concurrency?: number;
  readonly kind?: string;
  /** Whether it is up to {@link TestJob.init} when init has happened. Default: it happens at once. */
  readonly slowInit?: boolean;
}

export interface PoolWorld {
  readonly pool: ContainerPool;
  readonly runtime: FakeContainerRuntime;
  readonly clock: FakeClock;
  readonly warnings: string[];
  /** Classes whose stem cells failed. */
  readonly failedCells: CellClass[];
  /** A job of an owner, named `namespace/action`. */
  aJob(owner: string, wishes?: JobWishes): TestJob & { init(): void };
  /** Submits one and lets happen what can. */
  submitted(owner: string, wishes?: JobWishes): Promise<TestJob & { init(): void }>;
  /** Lets happen what can, before and after some time has passed. */
  pass(ms: number): Promise<void>;
}

/** Lets whatever needs no time happen. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** The class of containers that test jobs need. */
export function cellOf({ memoryMb = 256, kind = "nodejs:24" }: JobWishes = {}): CellClass {
  return { kind, image: "image", pull: "never", memoryMb };
}

/** A pool over a fake runtime: 1024 MB, four starts at a time, frozen after 50 ms and ended after 10 min. */
export function poolWorld(over: Partial<PoolOptions> & FakeRuntimeOptions = {}): PoolWorld {
  const clock = fakeClock();
  const runtime = fakeContainerRuntime(over);
  const warnings: string[] = [];
  const failedCells: CellClass[] = [];
  let names = 0;
  const pool = new ContainerPool({
    memoryMb: 1024,
    parallelStarts: 4,
    pauseGraceMs: 50,
    idleTimeoutMs: 600_000,
    clock,
    warn: (text) => void warnings.push(text),
    onCellFailed: (cell) => void failedCells.push(cell),
    async create(cell, signal) {
      const spec = { ...cell, name: `c${++names}`, cpuShares: 2, env: {} };
      return pooledContainer(await runtime.create(spec, signal), cell);
    },
    ...over,
  });
  onTestFinished(async () => {
    const closed = pool.close(0);
    clock.advance(1);
    await Promise.race([closed, turn()]); // a test that holds something back keeps what is its own
  });
  const aJob = (owner: string, wishes: JobWishes = {}) => testJob(owner, wishes, clock.now());
  return {
    pool,
    runtime,
    clock,
    warnings,
    failedCells,
    aJob,
    async submitted(owner, wishes) {
      const job = aJob(owner, wishes);
      pool.submit(job);
      await turn();
      return job;
    },
    async pass(ms) {
      await turn();
      clock.advance(ms);
      await turn();
    },
  };
}

function testJob(owner: string, wishes: JobWishes, since: number): TestJob & { init(): void } {
  let state: TestJob["state"] = "waiting";
  let begun = 0;
  let pooled: PooledContainer | undefined;
  let reason: unknown;
  let ended = Promise.withResolvers<Outcome>();
  let init = (): void => {};
  return {
    cell: cellOf(wishes),
    owner: {
      key: owner,
      namespace: owner.split("/")[0] ?? "",
      actionId: "guest/hello",
      concurrency: wishes.concurrency ?? 1,
    },
    since,
    async run(container, initialized) {
      if (state !== "waiting") throw new Error("the job was run again");
      if (container.owner?.key !== owner) throw new Error("the container is somebody else's");
      state = "running";
      begun++;
      pooled = container;
      ended = Promise.withResolvers();
      init = initialized;
      if (wishes.slowInit !== true) initialized();
      const outcome = await ended.promise;
      state = outcome === "reschedule" ? "waiting" : "done";
      return outcome;
    },
    fail(why) {
      if (state === "done" || state === "failed") throw new Error("the job had ended");
      state = "failed";
      reason = why;
    },
    get state() {
      return state;
    },
    get begun() {
      return begun;
    },
    get in() {
      return pooled;
    },
    get reason() {
      return reason;
    },
    end: (outcome = "keep") => ended.resolve(outcome),
    init: () => init(),
  };
}
