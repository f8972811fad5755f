import fc from "fast-check";
import { describe, test } from "vitest";
import type { Job } from "../src/job.ts";
import { FUZZ_TIMEOUT_MS, tries } from "./fuzz.ts";
import { cellOf, type PoolWorld, poolWorld, turn } from "./pool-world.ts";

const MEMORY_MB = 1024;
const STEP_MS = 20;
/** Who holds nothing comes to his turn within 2 s and a run of each that is before him; starts and residence aside. */
const PATIENCE_MS = 12_000;

/** An action that somebody calls again and again, so many at a time. */
interface Caller {
  readonly namespace: number;
  readonly action: number;
  readonly memoryMb: number;
  readonly runMs: number;
  readonly atATime: number;
}

const anyCaller: fc.Arbitrary<Caller> = fc.record({
  namespace: fc.nat(3),
  action: fc.nat(2),
  memoryMb: fc.constantFrom(128, 256, 512, 1024),
  runMs: fc.constantFrom(20, 100, 500),
  atATime: fc.integer({ min: 1, max: 8 }),
});

interface Load {
  /** The longest that any of them has waited for a container, in milliseconds. */
  longestMs: number;
  /** How many have ended, by caller. */
  readonly ended: number[];
}

/** Jobs that take their time by the world's clock, and are called again as soon as they end. */
function calling({ pool, clock }: PoolWorld, callers: readonly Caller[], until: number): Load {
  const load: Load = { longestMs: 0, ended: callers.map(() => 0) };
  const call = (index: number, { namespace, action, memoryMb, runMs }: Caller): void => {
    const key = `${namespace}/${action}/${memoryMb}/${index}`;
    const since = clock.now();
    const job: Job = {
      cell: cellOf({ memoryMb }),
      owner: { key, namespace: String(namespace), actionId: "a/b", concurrency: 1 },
      since,
      async run(pooled, initialized) {
        if (pooled.owner?.namespace !== String(namespace)) throw new Error("the container is somebody else's");
        initialized();
        load.longestMs = Math.max(load.longestMs, clock.now() - since);
        await new Promise<void>((resolve) => clock.after(runMs, resolve));
        load.ended[index] = (load.ended[index] ?? 0) + 1;
        if (clock.now() < until) setImmediate(() => call(index, callers[index] as Caller));
        return "keep";
      },
      fail(reason) {
        throw reason;
      },
    };
    pool.submit(job);
  };
  for (const [index, caller] of callers.entries()) {
    for (let i = 0; i < caller.atATime; i++) call(index, caller);
  }
  return load;
}

async function pass({ clock }: PoolWorld, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    clock.advance(STEP_MS);
    await turn();
  }
}

function aSlowPool(): PoolWorld {
  const world: PoolWorld = poolWorld({
    memoryMb: MEMORY_MB,
    parallelStarts: 3,
    creating: () => new Promise<void>((resolve) => world.clock.after(60, resolve)),
    removing: () => new Promise<void>((resolve) => world.clock.after(20, resolve)),
  });
  return world;
}

describe("a pool that all want more of than there is", () => {
  test("lets nobody wait for ever, and never over-commits", { timeout: FUZZ_TIMEOUT_MS }, async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCaller, { minLength: 2, maxLength: 6 }), async (callers) => {
        const world = aSlowPool();
        const load = calling(world, callers, world.clock.now() + 2 * PATIENCE_MS);
        await pass(world, PATIENCE_MS);
        expect(Math.min(...load.ended)).toBeGreaterThan(0);
        await pass(world, PATIENCE_MS);
        expect(world.runtime.peakMemoryMb).toBeLessThanOrEqual(MEMORY_MB);
      }),
      tries(15),
    );
  });

  test("serves two namespaces alike, though one calls with a hundred at a time and five actions", async ({
    expect,
  }) => {
    const world = aSlowPool();
    const flood = [0, 1, 2, 3, 4].map((action) => ({ namespace: 0, action, memoryMb: 256, runMs: 100, atATime: 20 }));
    const load = calling(
      world,
      [...flood, { namespace: 1, action: 0, memoryMb: 256, runMs: 100, atATime: 4 }],
      Number.POSITIVE_INFINITY,
    );
    await pass(world, 10_000);
    const [calm = 0, ...flooding] = load.ended.toReversed();
    const share = calm / (calm + flooding.reduce((a, b) => a + b));

    expect(share).toBeGreaterThan(0.4);
    expect(Math.min(...flooding)).toBeGreaterThan(0);
  });
});
