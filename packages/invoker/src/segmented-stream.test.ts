import fc from "fast-check";
import { describe, test } from "vitest";
import { SENTINEL } from "./log-lines.ts";
import { lineCost, segmentedStream } from "./segmented-stream.ts";

const END = `${SENTINEL}\n`;

function aStream(limitBytes = 100_000, segments = 10) {
  const stream = segmentedStream("stdout", { limitBytes, segments });
  const print = (text: string | Buffer) => stream.receive(Buffer.from(text as string), 7);
  const take = () => stream.takeSegment().lines.map((line) => line.text);
  return { stream, print, take };
}

describe("a stream of output", () => {
  test("is cut into lines, and at the sentinels into segments", ({ expect }) => {
    const { stream, print, take } = aStream();
    print(`a\nb\n${END}c\n`);
    print(END);

    expect(stream.complete).toBe(2);
    expect([take(), take(), take()]).toEqual([["a", "b"], ["c"], []]);
  });

  test("reads the same wherever it is cut", ({ expect }) => {
    const text = Buffer.from(`é漢\n\n😀 last${END}next\r\n${SENTINEL} \r\n`);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: text.length - 1 })), (cuts) => {
        const { print, take, stream } = aStream();
        let from = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), text.length]) {
          print(text.subarray(from, cut));
          from = cut;
        }
        expect(stream.complete).toBe(2);
        expect([take(), take()]).toEqual([["é漢", "", "😀 last"], ["next"]]);
      }),
    );
  });

  test("keeps the text in front of a sentinel, and lets one in the middle of a line be", ({ expect }) => {
    const { print, take, stream } = aStream();
    print(`${SENTINEL} is what they print\nunended${END}`);

    expect(stream.complete).toBe(1);
    expect(take()).toEqual([`${SENTINEL} is what they print`, "unended"]);
  });

  test("gives what there is when no end was marked", ({ expect }) => {
    const { print, take } = aStream();
    print("whole\nhalf");

    expect([take(), take()]).toEqual([["whole", "half"], []]);
  });

  test("keeps lines up to exactly its limit", ({ expect }) => {
    const limit = lineCost(3) + lineCost(5);
    const within = aStream(limit);
    within.print(`abc\nabcde\n${END}`);
    const beyond = aStream(limit);
    beyond.print(`abc\nabcdef\n${END}after\n${END}`);

    expect(within.stream.takeSegment()).toMatchObject({ truncated: false, bytes: limit });
    const cut = beyond.stream.takeSegment();
    expect([cut.truncated, cut.lines.map((line) => line.text)]).toEqual([true, ["abc"]]);
    expect(beyond.stream.takeSegment()).toMatchObject({ truncated: false, lines: [{ text: "after" }] });
  });

  test("keeps no later line once one was too many, however short", ({ expect }) => {
    const { print, take } = aStream(500);
    print(`a\n${"x".repeat(600)}\nb\n${END}`);

    expect(take()).toEqual(["a"]);
  });

  test("sees the sentinel behind a line that is far too long", ({ expect }) => {
    const { print, stream } = aStream(1_000);
    for (let i = 0; i < 100; i++) print("x".repeat(1_000));
    for (const byte of END) print(byte);

    expect(stream.complete).toBe(1);
    expect(stream.takeSegment()).toMatchObject({ truncated: true, lines: [] });
  });

  test("takes bounded memory of whoever prints byte by byte, or empty lines, or sentinels", ({ expect }) => {
    const limit = 20_000;
    for (const text of ["x", "\n", END]) {
      const { print, stream } = aStream(limit, 1);
      for (let i = 0; i < 30_000; i++) print(text);
      let lines = 0;
      for (let segment = stream.takeSegment(); segment.lines.length > 0; segment = stream.takeSegment()) {
        lines += segment.lines.length;
      }
      expect(lines).toBeLessThan(2 * (limit / lineCost(0)));
      expect(stream.complete).toBe(0);
    }
  });

  test("keeps no more segments than activations may run", ({ expect }) => {
    const { print, stream, take } = aStream(10_000, 2);
    print(`a\n${END}b\n${END}c\n${END}d\n`);

    expect(stream.complete).toBe(2);
    expect([take(), take(), take()]).toEqual([["a"], ["b"], ["c", "d"]]);
  });

  test("follows its budget when that changes", ({ expect }) => {
    const budget = { limitBytes: 10, segments: 1 };
    const stream = segmentedStream("stderr", budget);
    budget.limitBytes = 1_000;
    stream.receive(Buffer.from(`as long as it is\n${END}`), 3);

    expect(stream.takeSegment()).toMatchObject({ truncated: false, lines: [{ time: 3, stream: "stderr" }] });
  });
});
