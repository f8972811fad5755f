import { ContainerStartFailed } from "@meringue/core";
import { describe, test } from "vitest";
import { cellOf, poolWorld, turn } from "../test/pool-world.ts";

describe("an activation", () => {
  test("starts a container when there is none", async ({ expect }) => {
    const { runtime, submitted } = poolWorld();
    const job = await submitted("guest/a");

    expect([job.state, job.in?.state, runtime.counts.created]).toEqual(["running", "busy", 1]);
  });

  test("takes the warm container of its owner, and no other's", async ({ expect }) => {
    const { runtime, submitted } = poolWorld();
    const first = await submitted("guest/a");
    first.end();
    await turn();
    const [same, other] = [await submitted("guest/a"), await submitted("other/a")];

    expect(same.in).toBe(first.in);
    expect(other.in).not.toBe(first.in);
    expect(runtime.counts.created).toBe(2);
  });

  test("takes a running warm container before a frozen one", async ({ expect }) => {
    const { submitted, pass, runtime } = poolWorld();
    const [a, b] = [await submitted("guest/a"), await submitted("guest/a")];
    a.end();
    await pass(50);
    b.end();
    await turn();
    const next = await submitted("guest/a");

    expect(next.in).toBe(b.in);
    expect([a.in?.state, runtime.counts.resumed]).toEqual(["paused", 0]);
  });

  test("takes a stem cell of its class, which becomes its owner's", async ({ expect }) => {
    const { pool, runtime, submitted } = poolWorld();
    pool.addCell(cellOf());
    await turn();
    expect([runtime.counts.created, pool.countCells(cellOf())]).toEqual([1, 1]);
    const [small, fitting] = [await submitted("guest/a", { memoryMb: 128 }), await submitted("guest/b")];

    expect(pool.countCells(cellOf())).toBe(0);
    expect(runtime.counts.created).toBe(2);
    expect([small.in?.cell.memoryMb, fitting.in?.owner?.key]).toEqual([128, "guest/b"]);
  });

  test("tells when a stem cell can be replaced", async ({ expect }) => {
    let spare = 0;
    const { pool, submitted } = poolWorld({ onSpare: () => void spare++ });
    pool.addCell(cellOf());
    await turn();
    const before = spare;
    await submitted("guest/a");

    expect(spare).toBeGreaterThan(before);
  });

  test("in a warm container asks for nothing and looks at nobody who waits", async ({ expect }) => {
    let spare = 0;
    const { submitted } = poolWorld({ onSpare: () => void spare++ });
    (await submitted("guest/a")).end();
    await turn();
    const before = spare;
    for (let i = 0; i < 5; i++) {
      (await submitted("guest/a")).end();
      await turn();
    }

    expect(spare).toBe(before);
  });

  test("joins others of its owner in one container, as many as may run at a time", async ({ expect }) => {
    const { runtime, submitted } = poolWorld();
    const jobs = [];
    for (let i = 0; i < 5; i++) jobs.push(await submitted("guest/a", { concurrency: 3 }));

    expect(jobs.map((job) => job.state)).toEqual(Array(5).fill("running"));
    expect(new Set(jobs.map((job) => job.in)).size).toBe(2);
    expect(runtime.counts.created).toBe(2);
  });

  test("does not start a container of its own while one that will have room is being initialized", async ({
    expect,
  }) => {
    const { runtime, submitted } = poolWorld();
    const first = await submitted("guest/a", { concurrency: 2, slowInit: true });
    const second = await submitted("guest/a", { concurrency: 2 });
    expect([second.state, runtime.counts.created]).toEqual(["waiting", 1]);
    first.init();
    await turn();

    expect([second.state, second.in === first.in]).toEqual(["running", true]);
  });

  test("takes the warm container that comes free before its own is ready", async ({ expect }) => {
    const start = Promise.withResolvers<void>();
    let starts = 0;
    const { submitted, pool } = poolWorld({ creating: () => (++starts === 2 ? start.promise : undefined) });
    const first = await submitted("guest/a");
    const second = await submitted("guest/a");
    expect(second.state).toBe("waiting");
    first.end();
    await turn();
    expect(second.in).toBe(first.in);
    start.resolve();
    await turn();

    expect(pool.countCells(cellOf())).toBe(1); // nobody wants it now, but somebody may
  });

  test("that needs more than there is fails at once", async ({ expect }) => {
    const { runtime, submitted } = poolWorld();
    const job = await submitted("guest/a", { memoryMb: 2048 });

    expect(job.reason).toBeInstanceOf(ContainerStartFailed);
    expect(runtime.counts.created).toBe(0);
  });

  test("whose container cannot be started fails alone", async ({ expect }) => {
    let starts = 0;
    const creating = () => {
      if (++starts === 1) throw new ContainerStartFailed("image", "no such image");
    };
    const { pool, aJob, runtime } = poolWorld({ creating });
    const jobs = [aJob("guest/a"), aJob("guest/a"), aJob("guest/b")];
    for (const job of jobs) pool.submit(job);
    await turn();

    expect(jobs.map((job) => job.state)).toEqual(["failed", "running", "running"]);
    expect(runtime.memoryMb).toBe(512);
  });

  test("that did not happen is tried elsewhere before others of its owner", async ({ expect }) => {
    const { submitted, runtime } = poolWorld({ memoryMb: 256 });
    const first = await submitted("guest/a");
    const second = await submitted("guest/a");
    const died = first.in;
    first.end("reschedule");
    await turn();

    expect([first.state, first.begun, second.state]).toEqual(["running", 2, "waiting"]);
    expect(first.in).not.toBe(died);
    expect(runtime.counts.removed).toBe(1);
  });

  test("that did not happen takes another warm container that is there", async ({ expect }) => {
    const { submitted, runtime } = poolWorld();
    const [a, b] = [await submitted("guest/a"), await submitted("guest/a")];
    b.end();
    await turn();
    a.end("reschedule");
    await turn();

    expect([a.in === b.in, runtime.counts.created]).toEqual([true, 2]);
  });
});

describe("a pool that is closed", () => {
  test("lets what runs end, and lets what waits be", async ({ expect }) => {
    const { pool, submitted, runtime } = poolWorld({ memoryMb: 512 });
    const [a, b] = [await submitted("a/a"), await submitted("a/b")];
    b.end();
    await turn();
    const waiting = [await submitted("a/a", { memoryMb: 512 })];
    const closed = pool.close(1_000);
    await turn();
    expect([a.in?.state, b.in?.state]).toEqual(["busy", "gone"]);
    a.end();
    await closed;

    expect([a.state, waiting[0]?.state, runtime.memoryMb]).toEqual(["done", "waiting", 0]);
  });

  test("does not cut off an activation that is being initialized, or thawed", async ({ expect }) => {
    const thawed = Promise.withResolvers<void>();
    const { pool, submitted, runtime, pass } = poolWorld({ resuming: () => thawed.promise });
    (await submitted("a/b")).end();
    await pass(50);
    const thawing = await submitted("a/b");
    const initializing = await submitted("a/a", { slowInit: true });
    const closed = pool.close(1_000);
    initializing.init();
    thawed.resolve();
    await turn();
    expect([initializing.in?.state, thawing.in?.state]).toEqual(["busy", "busy"]);
    initializing.end();
    thawing.end();
    await closed;

    expect(runtime.memoryMb).toBe(0);
  });

  test("removes what does not end in time", async ({ expect }) => {
    const { pool, submitted, runtime, clock } = poolWorld();
    const job = await submitted("a/a");
    const closed = pool.close(1_000);
    clock.advance(1_000);
    await turn();
    expect(job.in?.state).toBe("gone");
    job.end("destroy");
    await closed;

    expect(runtime.memoryMb).toBe(0);
  });

  test("gives up on what is being started", async ({ expect }) => {
    const { pool, submitted, runtime, warnings } = poolWorld({ creating: () => new Promise(() => {}) });
    const job = await submitted("a/a");
    await pool.close(1_000);

    expect([job.state, runtime.memoryMb, runtime.counts.failed, warnings]).toEqual(["waiting", 0, 1, []]);
  });

  test("takes nothing more", async ({ expect }) => {
    const { pool, submitted, runtime } = poolWorld();
    await pool.close(0);
    const job = await submitted("a/a");

    expect([job.state, pool.addCell(cellOf()), runtime.counts.created]).toEqual(["waiting", false, 0]);
  });
});
