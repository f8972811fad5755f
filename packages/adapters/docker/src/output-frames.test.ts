import fc from "fast-check";
import { describe, test } from "vitest";
import { outputFrames } from "./output-frames.ts";

type Printed = readonly [stream: "stdout" | "stderr", text: string];

function frame([stream, text]: Printed): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.from([stream === "stderr" ? 2 : 1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** What a stream brought, as one text a stream. */
function read(bytes: Buffer, cuts: readonly number[]): Record<string, string> {
  const texts: Record<string, Buffer[]> = { stdout: [], stderr: [] };
  const feed = outputFrames((stream, chunk) => texts[stream]?.push(Buffer.from(chunk)));
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, start] of places.entries()) feed(bytes.subarray(start, places[index + 1] ?? start));
  return Object.fromEntries(
    Object.entries(texts).map(([stream, chunks]) => [stream, Buffer.concat(chunks).toString()]),
  );
}

describe("an attached stream", () => {
  test("is taken apart the same wherever it is cut", ({ expect }) => {
    const printed = fc.array(
      fc.tuple(fc.constantFrom("stdout" as const, "stderr" as const), fc.string({ unit: "binary" })),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(printed, fc.array(fc.nat()), (frames, cuts) => {
        const texts = (name: string) => frames.flatMap(([stream, text]) => (stream === name ? [text] : [])).join("");
        const expected = { stdout: texts("stdout"), stderr: texts("stderr") };
        expect(read(Buffer.concat(frames.map(frame)), cuts)).toEqual(
          Object.fromEntries(Object.entries(expected).map(([key, text]) => [key, Buffer.from(text).toString()])),
        );
      }),
    );
  });

  test("passes on what has come of a frame without waiting for the rest", ({ expect }) => {
    const chunks: string[] = [];
    const feed = outputFrames((_stream, chunk) => chunks.push(chunk.toString()));
    const bytes = frame(["stdout", "hello world"]);
    feed(bytes.subarray(0, 13));
    expect(chunks).toEqual(["hello"]);
    feed(bytes.subarray(13));
    expect(chunks).toEqual(["hello", " world"]);
  });
});
