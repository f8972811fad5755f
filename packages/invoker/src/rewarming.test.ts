import { describe, test } from "vitest";
import { cellOf, poolWorld, turn } from "../test/pool-world.ts";

const MINUTE_MS = 60_000;

/** A pool in which an action was called every 15 minutes for a while, but its container is kept for 10. */
async function aRegularAction(over: { readonly rewarm: boolean }) {
  const world = poolWorld({ ...over, idleTimeoutMs: 10 * MINUTE_MS });
  for (let call = 0; call < 6; call++) {
    const job = await world.submitted("guest/a");
    job.end();
    await turn();
    if (call < 5) for (let minute = 0; minute < 15; minute++) await world.pass(MINUTE_MS);
  }
  return world;
}

describe("an action that is called every 15 minutes", () => {
  test("finds a stem cell that was started shortly before", async ({ expect }) => {
    const { pool, pass, runtime, submitted } = await aRegularAction({ rewarm: true });
    for (let minute = 0; minute < 11; minute++) await pass(MINUTE_MS);
    expect([runtime.containers.length, pool.countCells(cellOf())]).toEqual([0, 0]);
    for (let minute = 11; minute < 15; minute++) await pass(MINUTE_MS);
    expect(pool.countCells(cellOf())).toBe(1);
    const { created } = runtime.counts;
    const job = await submitted("guest/a");

    expect([job.state, runtime.counts.created]).toEqual(["running", created]);
  });

  test("does not where that is switched off", async ({ expect }) => {
    const { pass, runtime } = await aRegularAction({ rewarm: false });
    for (let minute = 0; minute < 15; minute++) await pass(MINUTE_MS);

    expect(runtime.containers.length).toBe(0);
  });

  test("takes nobody's memory for it", async ({ expect }) => {
    const { pool, pass, submitted } = await aRegularAction({ rewarm: true });
    for (let minute = 0; minute < 11; minute++) await pass(MINUTE_MS);
    await submitted("other/whole", { memoryMb: 1024 });
    for (let minute = 11; minute < 15; minute++) await pass(MINUTE_MS);

    expect(pool.countCells(cellOf())).toBe(0);
  });
});
