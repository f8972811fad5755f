import { describe, test } from "vitest";
import type { Job } from "./job.ts";
import { waitingJobs } from "./waiting-jobs.ts";

const cell = (memoryMb: number) => ({ kind: "nodejs:24", image: "node", pull: "never", memoryMb }) as const;
const aJob = (ownerKey: string, since: number, memoryMb = 256): Job => ({
  cell: cell(memoryMb),
  owner: { key: ownerKey, namespace: ownerKey, actionId: "guest/hello", concurrency: 1 },
  since,
  run: async () => "keep",
  fail() {},
});

describe("waiting jobs", () => {
  test("come in the order of their owner's queue, those that were sent back first", ({ expect }) => {
    const waiting = waitingJobs();
    const [a, b, c] = [aJob("x", 1), aJob("x", 2), aJob("x", 0)];
    waiting.add(a, "back");
    waiting.add(b, "back");
    waiting.add(c, "front");

    expect(waiting.size).toBe(3);
    expect([1, 2, 3, 4].map(() => waiting.takeFor("x"))).toEqual([c, a, b, undefined]);
    expect(waiting.size).toBe(0);
  });

  test("of a class come oldest first, whoever they belong to", ({ expect }) => {
    const waiting = waitingJobs();
    const [young, old, other] = [aJob("x", 5), aJob("y", 3), aJob("z", 1, 512)];
    for (const job of [young, old, other]) waiting.add(job, "back");

    expect(waiting.takeForCell("nodejs:24|node|256")).toBe(old);
    expect(waiting.takeForCell("nodejs:24|node|256")).toBe(young);
    expect(waiting.takeForCell("nodejs:24|node|256")).toBeUndefined();
    expect(waiting.takeFor("z")).toBe(other);
  });

  test("are told by owner, and counted by namespace", ({ expect }) => {
    const waiting = waitingJobs();
    for (const job of [aJob("x", 5), aJob("x", 9), aJob("y", 3)]) waiting.add(job, "back");

    expect(waiting.queues().map(({ ownerKey, jobs, head }) => [ownerKey, jobs.length, head.since])).toEqual([
      ["x", 2, 5],
      ["y", 1, 3],
    ]);
    expect([waiting.ofNamespace("x"), waiting.ofNamespace("z"), waiting.has("y")]).toEqual([2, 0, true]);
    waiting.takeFor("y");
    expect([waiting.ofNamespace("y"), waiting.has("y")]).toEqual([0, false]);
    waiting.clear();
    expect([waiting.queues(), waiting.size, waiting.ofNamespace("x")]).toEqual([[], 0, 0]);
  });
});
