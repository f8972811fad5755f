import { array, assert, integer, property } from "fast-check";
import { describe, test } from "vitest";
import { eventQueue } from "./event-queue.ts";
import { seededRandom, zipf } from "./random.ts";

describe("the simulation's parts", () => {
  test("events come in the order in which they are due, whatever the order they were put in", () => {
    assert(
      property(array(integer({ min: 0, max: 50 }), { maxLength: 60 }), (times) => {
        const queue = eventQueue<number>();
        for (const time of times) queue.push(time, time);
        const out: number[] = [];
        for (let next = queue.pop(); next !== undefined; next = queue.pop()) out.push(next);
        return JSON.stringify(out) === JSON.stringify([...times].sort((a, b) => a - b)) && queue.size === 0;
      }),
    );
  });

  test("the same seed gives the same numbers, and the first is picked twice as often as the second", ({ expect }) => {
    const picks = (seed: number): number[] => {
      const pick = zipf(10, seededRandom(seed));
      return Array.from({ length: 20_000 }, pick);
    };
    expect(picks(1)).toEqual(picks(1));
    const count = (which: number): number => picks(2).filter((each) => each === which).length;
    expect(count(0) / count(1)).toBeCloseTo(2, 0);
    expect(Math.max(...picks(3))).toBe(9);
  });
});
