import { describe, test } from "vitest";
import { cellOf, type PoolWorld, poolWorld, turn } from "../test/pool-world.ts";

describe("memory", () => {
  test("is made by ending idle containers, the longest idle first, and no more than are missing", async ({
    expect,
  }) => {
    const { submitted, pass, runtime, clock } = poolWorld();
    const idle = [];
    for (const owner of ["guest/a", "guest/b", "guest/c", "guest/d"]) idle.push(await submitted(owner));
    for (const job of idle) {
      clock.advance(1);
      job.end();
      await turn();
    }
    const job = await submitted("guest/e", { memoryMb: 512 });

    expect(job.state).toBe("running");
    expect(idle.map((each) => each.in?.state)).toEqual(["gone", "gone", "idle", "idle"]);
    await pass(0);
    expect(runtime.peakMemoryMb).toBe(1024);
  });

  test("is not taken from anybody unless that is enough", async ({ expect }) => {
    const { submitted } = poolWorld();
    const [idle, ...busy] = [
      await submitted("a/a"),
      await submitted("a/b"),
      await submitted("a/c"),
      await submitted("a/d"),
    ];
    idle.end();
    await turn();
    const job = await submitted("b/a", { memoryMb: 512 });
    expect([job.state, idle.in?.state]).toEqual(["waiting", "idle"]);
    busy[0]?.end();
    await turn();

    expect([job.state, idle.in?.state, busy[0]?.in?.state]).toEqual(["running", "gone", "gone"]);
  });

  test("is never over-committed while containers are still leaving", async ({ expect }) => {
    const removed = Promise.withResolvers<void>();
    const { submitted, runtime } = poolWorld({ memoryMb: 256, removing: () => removed.promise });
    (await submitted("guest/a")).end();
    await turn();
    const next = await submitted("guest/b");
    expect([next.state, runtime.memoryMb, runtime.counts.created]).toEqual(["waiting", 256, 1]);
    removed.resolve();
    await turn();

    expect([next.state, runtime.peakMemoryMb]).toEqual(["running", 256]);
  });

  test("is made for all who wait in one go", async ({ expect }) => {
    const removed = Promise.withResolvers<void>();
    const { pool, aJob, submitted, runtime } = poolWorld({ removing: () => removed.promise });
    for (let i = 0; i < 4; i++) (await submitted(`guest/${i}`)).end();
    await turn();
    for (let i = 0; i < 3; i++) pool.submit(aJob("other/a"));
    await turn();
    const leaving = runtime.containers.length - [...pool.table.all()].filter((p) => p.state === "idle").length;
    removed.resolve();
    await turn();

    expect([leaving, runtime.peakMemoryMb, pool.waiting]).toEqual([3, 1024, 0]);
  });

  test("that a small activation can have is not kept from it by a large one that waits", async ({ expect }) => {
    const { submitted } = poolWorld({ memoryMb: 512 });
    await submitted("a/a", { memoryMb: 256 });
    const large = await submitted("b/a", { memoryMb: 512 });
    const small = await submitted("c/a", { memoryMb: 128 });

    expect([large.state, small.state]).toEqual(["waiting", "running"]);
  });

  test("comes to a large activation in the end, however many small ones come by", async ({ expect }) => {
    const { submitted, pass } = poolWorld({ memoryMb: 512 });
    let running = [await submitted("a/a", { memoryMb: 128 }), await submitted("a/b", { memoryMb: 128 })];
    const large = await submitted("b/a", { memoryMb: 512 });
    for (let second = 0; second < 10 && large.state === "waiting"; second++) {
      await pass(1_000);
      for (const job of running) job.end();
      running = [];
      for (const owner of ["a/a", "a/b", "a/c", "a/d"]) running.push(await submitted(owner, { memoryMb: 128 }));
    }

    expect(large.state).toBe("running");
  });

  test("comes to an owner without any container in the end, however many activations of another wait", async ({
    expect,
  }) => {
    const { submitted, pass, pool, aJob } = poolWorld({ memoryMb: 512 });
    const running = [await submitted("busy/a"), await submitted("busy/a")];
    const queued = Array.from({ length: 20 }, () => aJob("busy/a"));
    for (const job of queued) pool.submit(job);
    const other = await submitted("other/a");
    for (let second = 0; second < 5 && other.state === "waiting"; second++) {
      await pass(1_000);
      for (const job of [...running, ...queued]) if (job.state === "running") job.end();
      await turn();
    }

    expect(other.state).toBe("running");
    expect(queued.filter((job) => job.state === "waiting").length).toBeGreaterThan(0);
  });

  test("comes to another namespace with the first activation that ends, however many of one wait", async ({
    expect,
  }) => {
    const { submitted, pass, pool, aJob } = poolWorld();
    const running = [];
    for (let i = 0; i < 4; i++) running.push(await submitted("flood/a"));
    const queued = Array.from({ length: 20 }, (_, i) => aJob(`flood/${i % 5}`));
    for (const job of queued) pool.submit(job);
    await pass(500);
    const other = await submitted("calm/a");
    expect(other.state).toBe("waiting");
    running[0]?.end();
    await turn();

    expect(other.state).toBe("running");
  });

  test("is not given up by a container that has hardly worked yet, while others of its owner wait", async ({
    expect,
  }) => {
    const world: PoolWorld = poolWorld({
      memoryMb: 512,
      creating: () => new Promise((resolve) => world.clock.after(100, resolve)),
    });
    const { submitted, pass } = world;
    const first = await submitted("flood/a");
    await submitted("flood/a");
    await pass(100);
    const [next, other] = [await submitted("flood/a"), await submitted("calm/a")];
    first.end();
    await turn();
    expect([next.in === first.in, other.state]).toEqual([true, "waiting"]);
    await pass(2_000);
    next.end();
    await pass(100);

    expect(other.state).toBe("running");
  });

  test("and starts are not held up by those of another namespace that are slow", async ({ expect }) => {
    const start = Promise.withResolvers<void>();
    const { submitted, pass } = poolWorld({
      parallelStarts: 2,
      creating: ({ kind }) => (kind === "slow" ? start.promise : undefined),
    });
    await submitted("a/1", { kind: "slow" });
    await submitted("a/2", { kind: "slow" });
    const other = await submitted("b/1");
    await pass(1_900);
    expect(other.state).toBe("waiting");
    await pass(100);

    expect(other.state).toBe("running");
    start.resolve();
  });

  test("that is about to be had does not stop anybody else", async ({ expect }) => {
    const start = Promise.withResolvers<void>();
    const { submitted, pass } = poolWorld({ creating: ({ kind }) => (kind === "slow" ? start.promise : undefined) });
    const slow = await submitted("a/a", { kind: "slow" });
    const first = await submitted("b/a");
    await pass(5_000);
    first.end();
    await turn();
    const [second, third] = [await submitted("b/a"), await submitted("c/a")];

    expect([slow.state, second.state, third.state]).toEqual(["waiting", "running", "running"]);
    expect(second.in).toBe(first.in);
    start.resolve();
  });

  test("is not held up by starts that are slow: who can have a stem cell gets it", async ({ expect }) => {
    const start = Promise.withResolvers<void>();
    const { pool, submitted } = poolWorld({
      parallelStarts: 1,
      creating: ({ kind }) => (kind === "slow" ? start.promise : undefined),
    });
    pool.addCell(cellOf());
    await turn();
    await submitted("a/a", { kind: "slow" });
    const job = await submitted("b/a");

    expect(job.state).toBe("running");
    start.resolve();
  });

  test("goes to stem cells only while nobody waits and there is some", async ({ expect }) => {
    const { pool, submitted } = poolWorld({ memoryMb: 512 });
    await submitted("a/a");
    expect(pool.addCell(cellOf())).toBe(true);
    expect(pool.addCell(cellOf())).toBe(false);
    await turn();
    await submitted("b/a", { memoryMb: 512 });

    expect(pool.waiting).toBe(1);
    expect(pool.addCell(cellOf({ memoryMb: 1 }))).toBe(false);
  });

  test("of stem cells goes to activations of another class when no warm container is left to end", async ({
    expect,
  }) => {
    const { pool, submitted } = poolWorld({ memoryMb: 512 });
    pool.addCell(cellOf());
    await turn();
    (await submitted("a/a", { kind: "other" })).end();
    await turn();
    const first = await submitted("a/b", { kind: "other" });
    expect([first.state, pool.countCells(cellOf())]).toEqual(["running", 1]);
    const second = await submitted("a/c", { kind: "other" });

    expect([second.state, pool.countCells(cellOf())]).toEqual(["running", 0]);
  });
});
