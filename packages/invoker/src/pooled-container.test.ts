import { ContainerGone } from "@meringue/core";
import { describe, test } from "vitest";
import { cellOf, poolWorld, turn } from "../test/pool-world.ts";

describe("a container", () => {
  test("is frozen when it sat idle, and thawed for the next activation", async ({ expect }) => {
    const { submitted, pass, runtime } = poolWorld();
    const first = await submitted("guest/a");
    first.end();
    await pass(49);
    expect(runtime.counts.paused).toBe(0);
    await pass(1);
    expect([runtime.counts.paused, first.in?.state]).toEqual([1, "paused"]);
    const next = await submitted("guest/a");

    expect([next.state, next.in === first.in, runtime.counts.resumed]).toEqual(["running", true, 1]);
  });

  test("that is being frozen is waited for", async ({ expect }) => {
    const frozen = Promise.withResolvers<void>();
    const { submitted, pass, runtime } = poolWorld({ pausing: () => frozen.promise });
    (await submitted("guest/a")).end();
    await pass(50);
    const next = await submitted("guest/a");
    expect([next.state, runtime.counts.created]).toEqual(["waiting", 1]);
    frozen.resolve();
    await turn();

    expect([next.state, runtime.counts.created]).toEqual(["running", 1]);
  });

  test("that is being frozen makes room for others once it is", async ({ expect }) => {
    const frozen = Promise.withResolvers<void>();
    const { submitted, pass } = poolWorld({ memoryMb: 256, pausing: () => frozen.promise });
    (await submitted("guest/a")).end();
    await pass(50);
    const other = await submitted("other/a");
    expect(other.state).toBe("waiting");
    frozen.resolve();
    await turn();

    expect(other.state).toBe("running");
  });

  test("that cannot be frozen is removed", async ({ expect }) => {
    const { submitted, pass, runtime, warnings } = poolWorld({
      pausing: () => Promise.reject(new Error("no freezer")),
    });
    (await submitted("guest/a")).end();
    await pass(50);

    expect([runtime.counts.removed, runtime.memoryMb, warnings.length]).toEqual([1, 0, 1]);
  });

  test("that cannot be thawed is removed, and its activation goes elsewhere", async ({ expect }) => {
    const { submitted, pass, runtime } = poolWorld({ resuming: () => Promise.reject(new ContainerGone()) });
    const first = await submitted("guest/a");
    first.end();
    await pass(50);
    const next = await submitted("guest/a");

    expect([next.state, next.begun, next.in === first.in]).toEqual(["running", 1, false]);
    expect(runtime.counts.removed).toBe(1);
  });

  test("that nobody needs for long is removed", async ({ expect }) => {
    const { submitted, pass, runtime } = poolWorld();
    (await submitted("guest/a")).end();
    await turn();
    await pass(599_999);
    expect(runtime.counts.removed).toBe(0);
    await pass(1);

    expect([runtime.counts.removed, runtime.memoryMb]).toEqual([1, 0]);
  });

  test("that no activation wanted in the end is removed when nobody wants it for long", async ({ expect }) => {
    const kept = cellOf({ kind: "kept" });
    const { pool, pass, runtime } = poolWorld({ cellsToKeep: (cell) => (cell.kind === kept.kind ? 1 : 0) });
    pool.addCell(kept);
    pool.addCell(cellOf());
    await turn();
    await pass(600_000);

    expect([runtime.counts.removed, pool.countCells(kept)]).toEqual([1, 1]);
  });

  test("that failed is removed, once the others that run in it have ended", async ({ expect }) => {
    const { submitted, runtime } = poolWorld();
    const [bad, good] = [
      await submitted("guest/a", { concurrency: 2 }),
      await submitted("guest/a", { concurrency: 2 }),
    ];
    bad.end("destroy");
    await turn();
    const next = await submitted("guest/a", { concurrency: 2 });
    expect([good.in?.state, next.in === good.in, runtime.counts.removed]).toEqual(["draining", false, 0]);
    good.end();
    await turn();

    expect([good.in?.state, runtime.counts.removed]).toEqual(["gone", 1]);
  });

  test("that ends while it is idle is removed, and the next activation gets another", async ({ expect }) => {
    const { submitted, runtime } = poolWorld();
    const first = await submitted("guest/a");
    first.end();
    await turn();
    runtime.containers[0]?.exit();
    await turn();
    expect(runtime.containers.length).toBe(0);
    const next = await submitted("guest/a");

    expect([next.state, next.in === first.in]).toEqual(["running", false]);
  });

  test("that ends while it works is not used again, whatever came of the work", async ({ expect }) => {
    const { submitted, runtime } = poolWorld();
    const first = await submitted("guest/a");
    runtime.containers[0]?.exit();
    await turn();
    first.end("keep");
    await turn();

    expect([first.state, runtime.containers.length]).toEqual(["done", 0]);
  });

  test("that ends as a stem cell is removed and told of", async ({ expect }) => {
    const { pool, runtime, failedCells } = poolWorld();
    pool.addCell(cellOf());
    await turn();
    runtime.containers[0]?.exit();
    await turn();

    expect([runtime.memoryMb, failedCells]).toEqual([0, [cellOf()]]);
  });

  test("that cannot be removed is told of, and forgotten", async ({ expect }) => {
    const { submitted, pool, warnings } = poolWorld({ removing: () => Promise.reject(new Error("no daemon")) });
    (await submitted("guest/a")).end("destroy");
    await turn();

    expect([pool.table.size, warnings.length]).toEqual([0, 1]);
  });
});
