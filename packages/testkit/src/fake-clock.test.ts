import { describe, test } from "vitest";
import { fakeClock } from "./fake-clock.ts";

describe("a fake clock", () => {
  test("calls back what falls due, in order of time and not of asking", ({ expect }) => {
    const clock = fakeClock(1000);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`b at ${clock.now()}`));
    clock.after(10, () => seen.push(`a at ${clock.now()}`));
    clock.after(31, () => seen.push("c"));

    clock.advance(30);

    expect(seen).toEqual(["a at 1010", "b at 1020"]);
    expect(clock.now()).toBe(1030);
  });

  test("lets a callback ask for another one inside the same stretch of time", ({ expect }) => {
    const clock = fakeClock(0);
    const seen: number[] = [];
    const again = (): void => {
      seen.push(clock.now());
      clock.after(10, again);
    };
    clock.after(10, again);

    clock.advance(35);

    expect(seen).toEqual([10, 20, 30]);
  });

  test("forgets a timer that was cancelled", ({ expect }) => {
    const clock = fakeClock();
    const seen: string[] = [];
    const cancel = clock.after(10, () => seen.push("late"));

    cancel();
    clock.advance(100);

    expect(seen).toEqual([]);
  });
});
