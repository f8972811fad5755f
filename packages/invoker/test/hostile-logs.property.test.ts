import fc from "fast-check";
import { describe, test } from "vitest";
import { logCollector } from "../src/log-collector.ts";
import { SENTINEL } from "../src/log-lines.ts";
import { lineCost, segmentedStream } from "../src/segmented-stream.ts";
import { anyCut, anyMutations, cut, FUZZ_TIMEOUT_MS, mutated, tries } from "./fuzz.ts";

const LIMIT_BYTES = 2_000;

const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("line\n", "é漢😀\r\n", "\n", "\0\0\n", "no end", `${SENTINEL}\n`) },
  { weight: 1, arbitrary: fc.constantFrom(`text${SENTINEL}\n`, `${SENTINEL} \r\n`, SENTINEL, `x${SENTINEL}x\n`) },
  { weight: 1, arbitrary: fc.string({ maxLength: 80, unit: "binary" }) },
  { weight: 1, arbitrary: fc.constant("y".repeat(3 * LIMIT_BYTES)) },
);
const anyOutput = fc
  .tuple(fc.array(anyText, { maxLength: 12 }), anyMutations)
  .map(([texts, mutations]) => mutated(Buffer.from(texts.join("")), mutations));

describe("what a container prints", { timeout: FUZZ_TIMEOUT_MS }, () => {
  test("comes to the same lines wherever it is cut, and to no more than is allowed", ({ expect }) => {
    const segments = (pieces: readonly Buffer[], marked: boolean) => {
      const stream = segmentedStream("stdout", { limitBytes: LIMIT_BYTES, segments: 2 }, marked);
      for (const piece of pieces) stream.receive(piece, 0);
      const done = Array.from({ length: stream.complete }, () => stream.takeSegment());
      return [...done, stream.takeSegment()];
    };
    fc.assert(
      fc.property(anyOutput, anyCut, fc.boolean(), (output, lengths, marked) => {
        const whole = segments([output], marked);
        expect(segments(cut(output, lengths), marked)).toEqual(whole);
        expect(whole.length).toBeLessThanOrEqual(3);
        for (const { lines, bytes } of whole) {
          expect(bytes).toBe(lines.reduce((sum, { text }) => sum + lineCost(Buffer.byteLength(text)), 0));
          expect(bytes).toBeLessThanOrEqual(LIMIT_BYTES);
        }
      }),
      tries(1_500),
    );
  });

  test("never keeps anybody waiting who collects, once it has ended", async ({ expect }) => {
    const anyEnd = fc.constantFrom("sentinels" as const, "answer" as const, "unmarked" as const);
    await fc.assert(
      fc.asyncProperty(
        anyOutput,
        anyOutput,
        anyCut,
        fc.array(anyEnd, { minLength: 1, maxLength: 3 }),
        async (...given) => {
          const [out, err, lengths, ends] = given;
          const logs = logCollector({ limitBytes: LIMIT_BYTES, segments: 2 }, () => 0);
          const collected = ends.map((end) => logs.collect(end));
          for (const piece of cut(out, lengths)) logs.receive("stdout", piece);
          for (const piece of cut(err, lengths)) logs.receive("stderr", piece);
          logs.end();
          for (const { lines } of await Promise.all(collected)) {
            const cost = lines.reduce((sum, { text }) => sum + lineCost(Buffer.byteLength(text)), 0);
            expect(cost).toBeLessThanOrEqual(LIMIT_BYTES);
          }
        },
      ),
      tries(60),
    );
  });
});
