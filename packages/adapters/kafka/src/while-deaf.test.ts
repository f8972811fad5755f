import { fakeClock } from "@meringue/testkit";
import { expect, test } from "vitest";
import { forgetWhileDeaf } from "./while-deaf.ts";

test("while changes go unheard nothing is remembered for longer than ten seconds", () => {
  const clock = fakeClock();
  let hears = true;
  let forgotten = 0;
  const stop = forgetWhileDeaf(
    clock,
    () => hears,
    () => forgotten++,
  );
  clock.advance(30_000);
  expect(forgotten).toBe(0);
  hears = false;
  clock.advance(10_000);
  expect(forgotten).toBe(1);
  clock.advance(20_000);
  expect(forgotten).toBe(3);
  stop();
  clock.advance(30_000);
  expect(forgotten).toBe(3);
});
