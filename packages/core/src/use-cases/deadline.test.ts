import { fakeClock } from "@meringue/testkit";
import { expect, test } from "vitest";
import { withinDeadline } from "./deadline.ts";

test("what is there in time is the answer, and its timer is gone", async () => {
  const clock = fakeClock();
  let timers = 0;
  const counting = {
    ...clock,
    after(delayMs: number, callback: () => void) {
      timers++;
      const cancel = clock.after(delayMs, callback);
      return () => {
        timers--;
        cancel();
      };
    },
  };
  expect(await withinDeadline(Promise.resolve("x"), 10, counting)).toBe("x");
  expect(timers).toBe(0);
});

test("what is not there in time is undefined", async () => {
  const clock = fakeClock();
  const answer = withinDeadline(new Promise<string>(() => {}), 10, clock);
  clock.advance(10);
  expect(await answer).toBeUndefined();
});

test("nobody waits for a caller that is gone", async () => {
  const gone: (() => void)[] = [];
  const answer = withinDeadline(new Promise<string>(() => {}), 10, fakeClock(), (callback) => {
    gone.push(callback);
    return () => gone.splice(0);
  });
  gone[0]?.();
  expect(await answer).toBeUndefined();
  expect(gone).toEqual([]);
});
