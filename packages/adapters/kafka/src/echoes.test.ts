import { fakeClock } from "@meringue/testkit";
import { describe, test } from "vitest";
import { echoes } from "./echoes.ts";

/** What has happened by now, without waiting for more. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<false>((resolve) => setImmediate(resolve, false))]);
}

describe("what was said on a topic", () => {
  test("is settled when it has come back", async ({ expect }) => {
    const own = echoes(fakeClock());
    own.said();
    const settled = own.settled();
    expect(await isSettled(settled)).toBe(false);
    own.over();
    expect(await isSettled(settled)).toBe(true);
  });

  test("is settled by its own echo, not by that of what was said before", async ({ expect }) => {
    const own = echoes(fakeClock());
    own.said();
    own.said();
    const settled = own.settled();
    own.over();
    expect(await isSettled(settled)).toBe(false);
    own.over();
    expect(await isSettled(settled)).toBe(true);
  });

  test("is not waited for when nothing was said, or all has come back", async ({ expect }) => {
    const own = echoes(fakeClock());
    expect(await isSettled(own.settled())).toBe(true);
    own.said();
    own.over();
    expect(await isSettled(own.settled())).toBe(true);
  });

  test("is not waited for when it may be lost", async ({ expect }) => {
    const own = echoes(fakeClock());
    own.said();
    const lost = own.settled();
    own.lost();
    expect(await isSettled(lost)).toBe(true);
  });

  test("is waited for no longer than 300 ms, and then not again", async ({ expect }) => {
    const clock = fakeClock();
    const own = echoes(clock);
    own.said();
    const settled = own.settled();
    clock.advance(299);
    expect(await isSettled(settled)).toBe(false);
    clock.advance(1);
    expect(await isSettled(settled)).toBe(true);
    expect(await isSettled(own.settled())).toBe(true);
    own.over(); // later than anybody waited
    own.said();
    expect(await isSettled(own.settled())).toBe(false);
  });
});
