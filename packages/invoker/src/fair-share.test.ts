import fc from "fast-check";
import { describe, test } from "vitest";
import { tableWorld } from "../test/table-world.ts";
import { fairTurns, type Shares, TURN_MS, whoseTurn } from "./fair-share.ts";
import { holdings } from "./holdings.ts";
import type { Job } from "./job.ts";
import type { OwnerQueue } from "./waiting-jobs.ts";

const NOW = 10_000;
const MEMORY_MB = 1024;

/** A queue of an owner, named `namespace/action`. */
function aQueue(ownerKey: string, needMb = 256, since = NOW): OwnerQueue {
  const head: Job = {
    cell: { kind: "nodejs:24", image: "image", pull: "never", memoryMb: needMb },
    owner: { key: ownerKey, namespace: ownerKey.split("/")[0] ?? "", actionId: "a/b", concurrency: 1 },
    since,
    run: async () => "keep",
    fail() {},
  };
  return { ownerKey, cellKey: `nodejs:24|image|${needMb}`, jobs: [head], head };
}

function aWorld(earmarked: Record<string, number> = {}) {
  const { table, has } = tableWorld();
  const shares = (now = NOW): Shares => ({
    held: holdings(table),
    earmarkedMb: (key) => earmarked[key] ?? 0,
    servedAt: () => 0,
    memoryMb: MEMORY_MB,
    now,
  });
  /** A container of an owner that works. */
  const works = (owner: string, memoryMb = 256) => {
    const pooled = has("busy", { owner, memoryMb });
    pooled.owner = { ...aQueue(owner).head.owner };
    return pooled;
  };
  return { shares, works, has };
}

/** The first turns, if everybody takes what he wants each time. */
function turns(queues: readonly OwnerQueue[], shares: Shares, count: number): string[] {
  const fair = fairTurns(queues, shares);
  return Array.from({ length: count }, () => {
    const queue = fair.next();
    fair.took(queue?.head.cell.memoryMb ?? 0);
    return queue?.ownerKey ?? "";
  });
}

describe("turns", () => {
  test("go to the namespace that holds least, however many actions another one waits with", ({ expect }) => {
    const { shares, works } = aWorld();
    works("flood/1");
    const flood = ["flood/1", "flood/2", "flood/3"].map((key) => aQueue(key, 256, 0));

    expect(turns([...flood, aQueue("calm/1")], shares(), 4)).toEqual(["calm/1", "flood/2", "calm/1", "flood/3"]);
  });

  test("count in memory, not in containers", ({ expect }) => {
    const { shares } = aWorld();
    const got = turns([aQueue("large/1", 512, NOW - 1), aQueue("small/1", 128)], shares(), 6);

    expect(got).toEqual(["small/1", "small/1", "small/1", "large/1", "small/1", "small/1"]);
  });

  test("go among those who hold nothing to who has waited longest", ({ expect }) => {
    const { shares } = aWorld();

    expect(turns([aQueue("b/1", 256, NOW - 1), aQueue("a/1", 256, NOW - 2)], shares(), 2)).toEqual(["a/1", "b/1"]);
  });

  test("end for who took nothing", ({ expect }) => {
    const { shares } = aWorld();
    const fair = fairTurns([aQueue("a/1"), aQueue("a/2")], shares());

    expect([fair.next()?.ownerKey, fair.next()?.ownerKey, fair.next()]).toEqual(["a/1", "a/2", undefined]);
  });

  test("come round so that nobody is ahead by more than what one of them takes", ({ expect }) => {
    const anyNeed = fc.constantFrom(128, 256, 512);
    const anyNamespace = fc.array(anyNeed, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(anyNamespace, { minLength: 2, maxLength: 5 }), fc.integer({ max: 60 }), (needs, count) => {
        const { shares } = aWorld();
        const queues = needs.flatMap((own, n) => own.map((needMb, i) => aQueue(`${n}/${i}`, needMb)));
        const given = needs.map(() => 0);
        for (const key of turns(queues, shares(), Math.max(0, count))) {
          const queue = queues.find(({ ownerKey }) => ownerKey === key);
          const n = Number(key.split("/")[0]);
          given[n] = (given[n] ?? 0) + (queue?.head.cell.memoryMb ?? 0);
        }
        expect(Math.max(...given) - Math.min(...given)).toBeLessThanOrEqual(512);
      }),
    );
  });
});

describe("a container that comes free while others lack memory", () => {
  test("goes to a namespace that would still hold less than its owner's", ({ expect }) => {
    const { shares, works } = aWorld();
    const [first] = [works("flood/1"), works("flood/1"), works("flood/2")];

    expect(whoseTurn(first, [aQueue("calm/1")], shares())?.ownerKey).toBe("calm/1");
    expect(whoseTurn(first, [aQueue("calm/1", 1024)], shares())).toBeUndefined();
  });

  test("stays where it is when the other has as much, so that nothing goes to and fro", ({ expect }) => {
    const { shares, works } = aWorld();
    const [a] = [works("a/1"), works("a/1"), works("b/1")];

    expect(whoseTurn(a, [aQueue("b/2")], shares())).toBeUndefined();
  });

  test("goes in time to who holds nothing, whatever he wants", ({ expect }) => {
    const { shares, works } = aWorld();
    const only = works("flood/1", 1024);
    const want = (waitedMs: number) => [aQueue("calm/1", 1024, NOW - waitedMs)];

    expect(whoseTurn(only, want(TURN_MS - 1), shares())).toBeUndefined();
    expect(whoseTurn(only, want(TURN_MS), shares())?.ownerKey).toBe("calm/1");
  });

  test("goes to another action of the same namespace by the same rule", ({ expect }) => {
    const { shares, works } = aWorld();
    const [slow] = [works("a/slow"), works("a/slow")];

    expect(whoseTurn(slow, [aQueue("a/quick")], shares())?.ownerKey).toBe("a/quick");
    expect(whoseTurn(slow, [aQueue("a/slow")], shares())).toBeUndefined();
  });

  test("goes to who wants little before who wants much, unless that one has waited long", ({ expect }) => {
    const { shares, works } = aWorld();
    const [first] = Array.from({ length: 4 }, () => works("flood/1"));
    const taker = (waitedMs: number) =>
      first && whoseTurn(first, [aQueue("large/1", 1024, NOW - waitedMs), aQueue("small/1", 128)], shares())?.ownerKey;

    expect([taker(TURN_MS / 2), taker(TURN_MS)]).toEqual(["small/1", "large/1"]);
  });

  test("is not asked for by who has all that he wants kept for him", ({ expect }) => {
    const { shares, works } = aWorld({ "calm/1": 256 });
    const [first] = Array.from({ length: 4 }, () => works("flood/1"));

    expect(first && whoseTurn(first, [aQueue("calm/1")], shares())).toBeUndefined();
  });

  test("of those that idle nothing counts as held", ({ expect }) => {
    const { shares, has } = aWorld();
    for (const state of ["idle", "paused", "pausing", "removing"] as const) has(state, { owner: "a/1" });

    expect(shares().held.ofOwner("a/1")).toBe(0);
  });
});
