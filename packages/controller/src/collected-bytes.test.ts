import fc from "fast-check";
import { describe, test } from "vitest";
import { collectedBytes } from "./collected-bytes.ts";

describe("bytes that are collected", () => {
  test("are what came, in whatever pieces and whatever was announced", ({ expect }) => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 10_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.option(fc.nat(50_000), { nil: undefined }), (given, announced) => {
        const collected = collectedBytes(announced);
        for (const piece of given) collected.add(Buffer.from(piece));
        expect(collected.whole().equals(Buffer.concat(given))).toBe(true);
        expect(collected.length).toBe(Buffer.concat(given).length);
      }),
    );
  });

  test("are not copied when they come in one piece", ({ expect }) => {
    const piece = Buffer.from("whole");
    const collected = collectedBytes(5);
    collected.add(piece);
    expect(collected.whole().buffer).toBe(piece.buffer);
  });

  test("take no more than twice their room, however small the pieces and large the announcement", ({ expect }) => {
    const collected = collectedBytes(50 * 1024 * 1024);
    for (let count = 0; count < 10_000; count++) collected.add(Buffer.from("x"));
    expect(collected.whole().buffer.byteLength).toBeLessThanOrEqual(20_000);
  });

  test("lie in a place of exactly their size when it was announced", ({ expect }) => {
    const collected = collectedBytes(100_000);
    for (let count = 0; count < 100; count++) collected.add(Buffer.alloc(1_000));
    expect(collected.whole().buffer.byteLength).toBe(100_000);
  });
});
