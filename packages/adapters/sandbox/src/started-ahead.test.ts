import { describe, test } from "vitest";
import type { Launcher } from "./launcher.ts";
import { CALM_MS, startedAhead, WAIT_MS, type Wish } from "./started-ahead.ts";

interface Started {
  readonly wish: Wish;
  alive: boolean;
}

function world() {
  const timers = new Map<() => void, number>();
  const started: Started[] = [];
  const removed: Started[] = [];
  const failures: string[] = [];
  const ahead = startedAhead<Started>({
    start: async (wish) => {
      if (wish.env["FAIL"] !== undefined) throw new Error("cannot be started");
      const one = { wish, alive: true };
      started.push(one);
      return one;
    },
    isAlive: (one) => one.alive,
    remove: async (one) => {
      removed.push(one);
      if (one.wish.env["STUCK"] !== undefined) throw new Error("cannot be removed");
    },
    failed: (what) => void failures.push(what),
    after(delayMs, callback) {
      timers.set(callback, delayMs);
      return () => timers.delete(callback);
    },
  });
  /** Lets every timer of so many milliseconds end, and what it began. */
  const pass = async (ms: number): Promise<void> => {
    for (const [callback, delayMs] of [...timers]) {
      if (delayMs !== ms) continue;
      timers.delete(callback);
      callback();
    }
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return { ahead, started, removed, failures, pass };
}

function wish(name: string, over: Partial<Launcher> = {}, env: Record<string, string> = {}): Wish {
  const launcher = { argv: [name], binds: [], env: {}, whenGone: "command-exited", startAhead: true, ...over } as const;
  return { launcher, env };
}

describe("what is started ahead", () => {
  test("is one of each sort that was wanted, once nobody wants anything for a while", async ({ expect }) => {
    const { ahead, started, pass } = world();
    expect(ahead.take(wish("python"))).toBeUndefined();
    expect(started).toEqual([]);
    await pass(CALM_MS);
    expect(started).toHaveLength(1);
    expect(ahead.take(wish("python"))).toBe(started[0]);
    expect(ahead.take(wish("python"))).toBeUndefined();
    await pass(CALM_MS);
    expect(ahead.take(wish("python"))).toBe(started[1]);
  });

  test("is given to nobody who wants something else, to the last variable", async ({ expect }) => {
    const { ahead, pass } = world();
    ahead.take(wish("python"));
    await pass(CALM_MS);
    expect(ahead.take(wish("ruby"))).toBeUndefined();
    expect(ahead.take(wish("python", {}, { A: "1" }))).toBeUndefined();
    expect(ahead.take(wish("python", { env: { B: "1" } }))).toBeUndefined();
    expect(ahead.take(wish("python", { binds: [{ source: "/a", target: "/b" }] }))).toBeUndefined();
  });

  test("is never a program that may not be started ahead", async ({ expect }) => {
    const { ahead, started, pass } = world();
    const { startAhead: _, ...plain } = wish("java").launcher;
    ahead.take({ launcher: plain, env: {} });
    await pass(CALM_MS);
    expect(started).toEqual([]);
  });

  test("is dropped when it has died, when nobody wants it any more, and when there are too many sorts", async ({
    expect,
  }) => {
    const { ahead, started, removed, pass } = world();
    for (const name of ["a", "b", "c"]) ahead.take(wish(name));
    await pass(CALM_MS);
    ahead.take(wish("d"));
    expect(removed).toEqual([started[0]]);
    const [, b] = started;
    if (b !== undefined) b.alive = false;
    expect(ahead.take(wish("b"))).toBeUndefined();
    expect(removed).toEqual([started[0], started[1]]);
    await pass(WAIT_MS);
    expect(removed).toContain(started[2]);
  });

  test("goes on after a calm in which there was nothing to start", async ({ expect }) => {
    const { ahead, started, pass } = world();
    ahead.take(wish("python"));
    await pass(CALM_MS);
    const { startAhead: _, ...plain } = wish("java").launcher;
    ahead.take({ launcher: plain, env: {} });
    await pass(CALM_MS);
    expect(ahead.take(wish("python"))).toBe(started[0]);
    await pass(CALM_MS);
    expect(ahead.take(wish("python"))).toBe(started[1]);
  });

  test("that cannot be started is nobody's matter until it is wanted", async ({ expect }) => {
    const { ahead, started, failures, pass } = world();
    ahead.take(wish("python", {}, { FAIL: "yes" }));
    ahead.take(wish("ruby"));
    await pass(CALM_MS);
    expect(started).toHaveLength(1);
    expect(ahead.take(wish("ruby"))).toBe(started[0]);
    expect(failures).toEqual(["cannot start a sandbox ahead"]);
  });

  test("and cannot be removed is told of, and stops nobody", async ({ expect }) => {
    const { ahead, removed, failures, pass } = world();
    ahead.take(wish("python", {}, { STUCK: "yes" }));
    await pass(CALM_MS);
    await pass(WAIT_MS);
    expect([removed.length, failures]).toEqual([1, ["cannot remove a sandbox that was started ahead"]]);
    await ahead.close();
  });

  test("is removed at the end, and none is started after", async ({ expect }) => {
    const { ahead, started, removed, pass } = world();
    ahead.take(wish("python"));
    await pass(CALM_MS);
    await ahead.close();
    expect(removed).toEqual(started);
    expect(ahead.take(wish("python"))).toBeUndefined();
    await pass(CALM_MS);
    expect(started).toHaveLength(1);
  });
});
