import { describe, test } from "vitest";
import { pace } from "./pace.ts";

describe("the pace of things", () => {
  test("is unknown for runs at first, and a guess for starts", ({ expect }) => {
    const learned = pace();
    expect(learned.runMs("guest|a|1")).toBeUndefined();
    expect(learned.startMs("nodejs:24||256")).toBeGreaterThan(0);
  });

  test("is what was seen once, and then follows what is seen", ({ expect }) => {
    const learned = pace();
    learned.ran("a", 100);
    expect(learned.runMs("a")).toBe(100);
    for (let round = 0; round < 50; round++) learned.ran("a", 10);
    expect(learned.runMs("a")).toBeCloseTo(10, 1);
  });

  test("of runs tends to the shorter ones: the longer ones had others in their way", ({ expect }) => {
    const learned = pace();
    for (let round = 0; round < 100; round++) learned.ran("a", round % 2 === 0 ? 10 : 100);
    expect(learned.runMs("a")).toBeLessThan(30);
  });

  test("of starts is guessed from those of other classes", ({ expect }) => {
    const learned = pace();
    for (let round = 0; round < 50; round++) learned.started("x", 500);
    expect(learned.startMs("y")).toBeCloseTo(500, -1);
  });

  test("is kept for each owner and each class, and forgotten on demand", ({ expect }) => {
    const learned = pace();
    learned.ran("a", 1);
    learned.ran("b", 2);
    learned.started("x", 3);
    learned.forget("a");
    expect([learned.runMs("a"), learned.runMs("b"), learned.startMs("x")]).toEqual([undefined, 2, 3]);
  });
});
