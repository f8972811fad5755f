import fc from "fast-check";
import { describe, test } from "vitest";
import { slidingCount } from "./sliding-count.ts";

const WINDOW_MS = 60_000;

/** Times of events, in order: often several at once, at times the window's length apart to the millisecond. */
const times = fc
  .array(fc.oneof(fc.constantFrom(0, 1, WINDOW_MS - 1, WINDOW_MS, WINDOW_MS + 1), fc.nat(20_000)), { maxLength: 60 })
  .map((gaps) => {
    let now = 1_000_000;
    return gaps.map((gap) => (now += gap));
  });

const within = (events: readonly number[], now: number): number =>
  events.filter((each) => each > now - WINDOW_MS).length;

describe("a sliding count", () => {
  test("is the number of events of the last window", ({ expect }) => {
    fc.assert(
      fc.property(times, (events) => {
        const count = slidingCount(WINDOW_MS);
        for (const [index, now] of events.entries()) {
          expect(count.count(now)).toBe(within(events.slice(0, index), now));
          count.add(now);
          expect(count.count(now)).toBe(within(events.slice(0, index + 1), now));
        }
      }),
    );
  });

  test("tells how long to wait: then there is room, and a millisecond before there is none", ({ expect }) => {
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 20 }), (events, limit) => {
        const last = events.at(-1) ?? 0;
        const counted = () => {
          const count = slidingCount(WINDOW_MS);
          for (const each of events) count.add(each);
          return count;
        };
        const waitMs = counted().waitMs(last, limit);
        expect(counted().count(last + waitMs)).toBeLessThan(limit);
        if (waitMs > 0) expect(counted().count(last + waitMs - 1)).toBeGreaterThanOrEqual(limit);
      }),
    );
  });

  test("never gets below nothing: the wait is for the whole window", ({ expect }) => {
    expect(slidingCount(WINDOW_MS).waitMs(1, 0)).toBe(WINDOW_MS);
  });

  test("of a coarser resolution is at most one step early in leaving events behind", ({ expect }) => {
    fc.assert(
      fc.property(times, (events) => {
        const count = slidingCount(WINDOW_MS, 1_000);
        for (const [index, now] of events.entries()) {
          count.add(now);
          const known = events.slice(0, index + 1);
          expect(count.count(now)).toBeLessThanOrEqual(within(known, now));
          expect(count.count(now)).toBeGreaterThanOrEqual(within(known, now + 1_000));
        }
      }),
    );
  });

  test("takes a clock that goes back a little to stand still", ({ expect }) => {
    const count = slidingCount(WINDOW_MS);
    count.add(100_000);
    count.add(90_000);
    expect([count.count(80_000), count.count(159_999), count.count(160_000)]).toEqual([2, 2, 0]);
  });

  test("begins anew with a clock that was set back", ({ expect }) => {
    const count = slidingCount(WINDOW_MS);
    count.add(10_000_000);
    expect(count.count(1_000)).toBe(0);
    count.add(1_000);
    expect(count.count(2_000)).toBe(1);
  });
});
