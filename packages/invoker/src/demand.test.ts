import { describe, test } from "vitest";
import { containerTable } from "./container-table.ts";
import { demand } from "./demand.ts";
import { type Pace, pace } from "./pace.ts";
import type { OwnerQueue } from "./waiting-jobs.ts";

const START_MS = 60;

function learned(runMs: number | undefined): Pace {
  const known = pace();
  known.started("class", START_MS);
  if (runMs !== undefined) known.ran("owner", runMs);
  return known;
}

/** A queue of `jobs` jobs whose oldest came at time 0. */
function queueOf(jobs: number, concurrency = 1): OwnerQueue {
  const head = { owner: { key: "owner", namespace: "guest", concurrency }, since: 0 } as OwnerQueue["head"];
  return { ownerKey: "owner", cellKey: "class", jobs: Array.from({ length: jobs }, () => head), head };
}

/** A table that counts `busy` containers of the owner, all at work. */
function tableWith(busy: number) {
  return { ...containerTable(), of: () => [], count: () => busy };
}

describe("the containers that a queue is worth", () => {
  test("are as many as there are jobs while nothing is known", ({ expect }) => {
    expect(demand(tableWith(1), learned(undefined), queueOf(5), 0).wanted).toBe(5);
  });

  test("are only a few first ones while nothing is known, until the oldest has waited long enough", ({ expect }) => {
    expect(demand(tableWith(0), learned(undefined), queueOf(64), 0, 2)).toEqual({ wanted: 2, againInMs: 2 * START_MS });
    expect(demand(tableWith(2), learned(undefined), queueOf(62), 50, 2)).toEqual({ wanted: 0, againInMs: 70 });
    expect(demand(tableWith(2), learned(undefined), queueOf(62), 2 * START_MS, 2).wanted).toBe(62);
    expect(demand(tableWith(0), learned(undefined), queueOf(1), 0, 2)).toEqual({ wanted: 1, againInMs: undefined });
  });

  test("are as many as there are jobs when the owner has none yet", ({ expect }) => {
    expect(demand(tableWith(0), learned(1), queueOf(5), 0).wanted).toBe(5);
  });

  test("are none more when short calls will be served before a cold start would be up", ({ expect }) => {
    const { wanted, againInMs } = demand(tableWith(1), learned(0.5), queueOf(63), 0);

    expect(wanted).toBeLessThanOrEqual(0);
    expect(againInMs).toBe(2 * START_MS);
  });

  test("are just enough to serve the queue within a cold start's time", ({ expect }) => {
    expect(demand(tableWith(1), learned(10), queueOf(30), 0).wanted).toBe(4); // 300 ms of work in 60 ms: five, one is there
  });

  test("are as many as there are jobs for long calls", ({ expect }) => {
    expect(demand(tableWith(1), learned(1_000), queueOf(3), 0).wanted).toBe(3);
  });

  test("are as many as there are jobs once the oldest has waited longer than expected", ({ expect }) => {
    expect(demand(tableWith(1), learned(0.5), queueOf(63), 2 * START_MS)).toEqual({ wanted: 63, againInMs: undefined });
  });

  test("are fewer where one container takes several at a time", ({ expect }) => {
    expect(demand(tableWith(0), learned(undefined), queueOf(10, 4), 0).wanted).toBe(3);
  });
});
