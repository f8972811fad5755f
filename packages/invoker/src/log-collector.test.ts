import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { type LogCollector, logCollector } from "./log-collector.ts";
import { SENTINEL } from "./log-lines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function aCollector(limitBytes = 100_000, segments = 1) {
  const budget = { limitBytes, segments };
  const logs = logCollector(budget, () => Date.now());
  const print = (stream: "stdout" | "stderr", text: string) => logs.receive(stream, Buffer.from(text));
  const mark = () => {
    print("stdout", `${SENTINEL}\n`);
    print("stderr", `${SENTINEL}\n`);
  };
  return { logs, print, mark, budget };
}

const texts = async (logs: LogCollector, sentinels = true) => {
  const { lines } = await logs.collect(sentinels);
  return lines.map(({ stream, text }) => `${stream}: ${text}`);
};

describe("the log of an activation", () => {
  test("is what came up to both sentinels, in the order of arrival", async ({ expect }) => {
    const { logs, print, mark } = aCollector();
    for (const [stream, text] of [
      ["stdout", "1"],
      ["stderr", "2"],
      ["stdout", "3"],
    ] as const) {
      print(stream, `${text}\n`);
      vi.advanceTimersByTime(1);
    }
    mark();

    expect(await texts(logs)).toEqual(["stdout: 1", "stderr: 2", "stdout: 3"]);
  });

  test("is waited for when it comes after the answer", async ({ expect }) => {
    const { logs, print, mark } = aCollector();
    const collected = logs.collect(true);
    print("stdout", "late\n");
    mark();

    expect(await collected).toMatchObject({ lines: [{ text: "late" }], incomplete: false, truncated: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is each one's own when several run at a time: in the order in which they end", async ({ expect }) => {
    const { logs, print, mark } = aCollector(100_000, 3);
    const first = texts(logs);
    const second = texts(logs);
    print("stdout", "a\n");
    mark();
    print("stderr", "b\n");
    mark();
    print("stdout", "c\n");
    mark();

    expect(await Promise.all([first, second, texts(logs)])).toEqual([["stdout: a"], ["stderr: b"], ["stdout: c"]]);
  });

  test("without sentinels is all that came, after a moment for what is on its way", async ({ expect }) => {
    const { logs, print } = aCollector();
    print("stdout", "soon\n");
    const collected = texts(logs, false);
    await vi.advanceTimersByTimeAsync(10);
    print("stderr", "late");
    await vi.advanceTimersByTimeAsync(10);

    expect(await collected).toEqual(["stdout: soon", "stderr: late"]);
  });

  test("that falls silent before its end is incomplete", async ({ expect }) => {
    const { logs, print } = aCollector();
    const collected = logs.collect(true);
    await vi.advanceTimersByTimeAsync(1_500);
    print("stdout", "there is more\n");
    await vi.advanceTimersByTimeAsync(1_999);
    print("stdout", `${SENTINEL}\n`);
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await collected).toMatchObject({ lines: [{ text: "there is more" }], incomplete: true });
  });

  test("that never falls silent nor ends is given up", async ({ expect }) => {
    const { logs, print } = aCollector();
    const collected = logs.collect(true);
    for (let second = 0; second < 10; second++) {
      print("stdout", `${second}\n`);
      await vi.advanceTimersByTimeAsync(1_000);
    }

    expect((await collected).incomplete).toBe(true);
  });

  test("of a process that has ended is what still comes within a moment", async ({ expect }) => {
    const { logs, print, mark } = aCollector();
    const marked = logs.collect(true);
    logs.end();
    print("stdout", "last words\n");
    mark();
    expect(await marked).toMatchObject({ lines: [{ text: "last words" }], incomplete: false });

    const unmarked = logs.collect(true);
    print("stderr", "and more");
    await vi.advanceTimersByTimeAsync(20);
    expect(await unmarked).toMatchObject({ lines: [{ text: "and more" }], incomplete: true });
  });

  test("that waits for an end gets it when the process does", async ({ expect }) => {
    const { logs, print } = aCollector();
    const collected = logs.collect(true);
    print("stdout", "half");
    logs.end();
    await vi.advanceTimersByTimeAsync(20);

    expect(await collected).toMatchObject({ lines: [{ text: "half" }], incomplete: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("holds no more of both streams than of one", async ({ expect }) => {
    const { logs, print, mark } = aCollector(300);
    print("stdout", "1\n2\n3\n");
    vi.advanceTimersByTime(1);
    print("stderr", "4\n5\n6\n");
    mark();

    const { lines, truncated } = await logs.collect(true);
    expect([lines.map((line) => line.text), truncated]).toEqual([["1", "2", "3", "4"], true]);
  });

  test("is not kept at all where none is wanted", async ({ expect }) => {
    const { logs, print, mark, budget } = aCollector(0);
    print("stdout", "x\n");
    mark();
    budget.limitBytes = 1_000;
    const collected = texts(logs, false);
    await vi.advanceTimersByTimeAsync(20);

    expect(await collected).toEqual([]);
  });
});
