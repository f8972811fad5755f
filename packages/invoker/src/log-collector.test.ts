import { afterEach, beforeEach, describe, test, vi } from "vitest";
import { type LogCollector, type LogEnd, logCollector } from "./log-collector.ts";
import { SENTINEL } from "./log-lines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function aCollector(limitBytes = 100_000, segments = 1, marked = true) {
  const budget = { limitBytes, segments };
  const logs = logCollector(budget, () => Date.now(), marked);
  const print = (stream: "stdout" | "stderr", text: string) => logs.receive(stream, Buffer.from(text));
  const mark = () => {
    print("stdout", `${SENTINEL}\n`);
    print("stderr", `${SENTINEL}\n`);
  };
  return { logs, print, mark, budget };
}

const texts = async (logs: LogCollector, end: LogEnd = "sentinels") => {
  const { lines } = await logs.collect(end);
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
    const collected = logs.collect("sentinels");
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
    const collected = texts(logs, "unmarked");
    await vi.advanceTimersByTimeAsync(10);
    print("stderr", "late");
    await vi.advanceTimersByTimeAsync(10);

    expect(await collected).toEqual(["stdout: soon", "stderr: late"]);
  });

  test("that falls silent before its end is incomplete", async ({ expect }) => {
    const { logs, print } = aCollector();
    const collected = logs.collect("sentinels");
    await vi.advanceTimersByTimeAsync(1_500);
    print("stdout", "there is more\n");
    await vi.advanceTimersByTimeAsync(1_999);
    print("stdout", `${SENTINEL}\n`);
    await vi.advanceTimersByTimeAsync(2_000);

    expect(await collected).toMatchObject({ lines: [{ text: "there is more" }], incomplete: true });
  });

  test("that never falls silent nor ends is given up", async ({ expect }) => {
    const { logs, print } = aCollector();
    const collected = logs.collect("sentinels");
    for (let second = 0; second < 10; second++) {
      print("stdout", `${second}\n`);
      await vi.advanceTimersByTimeAsync(1_000);
    }

    expect((await collected).incomplete).toBe(true);
  });

  test("of a process that has ended is what still comes within a moment", async ({ expect }) => {
    const { logs, print, mark } = aCollector();
    const marked = logs.collect("sentinels");
    logs.end();
    print("stdout", "last words\n");
    mark();
    expect(await marked).toMatchObject({ lines: [{ text: "last words" }], incomplete: false });

    const unmarked = logs.collect("sentinels");
    print("stderr", "and more");
    await vi.advanceTimersByTimeAsync(20);
    expect(await unmarked).toMatchObject({ lines: [{ text: "and more" }], incomplete: true });
  });

  test("that waits for an end gets it when the process does", async ({ expect }) => {
    const { logs, print } = aCollector();
    const collected = logs.collect("sentinels");
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

    const { lines, truncated } = await logs.collect("sentinels");
    expect([lines.map((line) => line.text), truncated]).toEqual([["1", "2", "3", "4"], true]);
  });

  test("is not kept at all where none is wanted", async ({ expect }) => {
    const { logs, print, mark, budget } = aCollector(0);
    print("stdout", "x\n");
    mark();
    budget.limitBytes = 1_000;
    const collected = texts(logs, "unmarked");
    await vi.advanceTimersByTimeAsync(20);

    expect(await collected).toEqual([]);
  });
});

describe("a log that ends with its answer", () => {
  test("has what is read in the same turn, and nothing of later ones", async ({ expect }) => {
    const { logs, print } = aCollector(100_000, 1, false);
    print("stdout", "before\n");
    const log = texts(logs, "answer");
    print("stderr", "read right after the answer");
    const read = await log;
    print("stdout", "of the next\n");
    expect(read).toEqual(["stdout: before", "stderr: read right after the answer"]);
    expect(await texts(logs, "answer")).toEqual(["stdout: of the next"]);
  });

  test("is not fooled by what looks like the end of a log", async ({ expect }) => {
    const { logs, print } = aCollector(100_000, 1, false);
    print("stdout", `mine\n${SENTINEL}\n`);
    print("stderr", `${SENTINEL}\n`);
    expect(await texts(logs, "answer")).toEqual(["stdout: mine", `stdout: ${SENTINEL}`, `stderr: ${SENTINEL}`]);
    expect(await texts(logs, "answer")).toEqual([]);
  });
});

describe("the log of an activation that runs", () => {
  test("is what was printed so far, without a line that has no end yet", async ({ expect }) => {
    const { logs, print, mark } = aCollector();
    const soFar = () => logs.printed().map(({ text }) => text);
    expect(soFar()).toEqual([]);
    print("stdout", "1\n2");
    print("stderr", "3\n");
    expect(soFar()).toEqual(["1", "3"]);
    mark();
    print("stdout", "of the next\n");
    expect(soFar()).toEqual(["1", "2", "3"]); // in front of a sentinel a line ends, too

    expect(await texts(logs)).toEqual(["stdout: 1", "stdout: 2", "stderr: 3"]);
    expect(soFar()).toEqual(["of the next"]);
  });

  test("is told line by line: what is there already, what comes, and what is left at its end", async ({ expect }) => {
    const { logs, print } = aCollector(100_000, 1, false);
    const told: string[] = [];
    print("stdout", "before\n");
    logs.follow(({ text }) => told.push(text));
    print("stderr", "a\nb\nhalf");
    expect(told).toEqual(["before", "a", "b"]);
    const collected = logs.collect("unmarked");
    await vi.runAllTimersAsync();
    await collected;
    logs.follow(undefined);
    print("stdout", "after\n");

    expect(told).toEqual(["before", "a", "b", "half"]);
  });

  test("is told without what another prints after its end", async ({ expect }) => {
    const { logs, print, mark } = aCollector();
    const told: string[] = [];
    const follow = () => logs.follow(({ text }) => told.push(text));
    follow();
    print("stdout", "mine\n");
    mark();
    print("stdout", "of the next\n");
    expect(told).toEqual(["mine"]);
    await texts(logs);
    follow();

    expect(told).toEqual(["mine", "of the next"]);
  });

  test("is told as far as the limit of both streams together goes", async ({ expect }) => {
    const { logs, print, mark } = aCollector(4 * 72);
    const told: string[] = [];
    logs.follow(({ text }) => told.push(text));
    for (const text of ["1", "2", "3"]) for (const stream of ["stdout", "stderr"] as const) print(stream, `${text}\n`);
    expect(told).toEqual(["1", "1", "2", "2"]);
    mark();

    expect(await texts(logs)).toHaveLength(4);
  });
});
