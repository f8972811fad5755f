import fc from "fast-check";
import { describe, test } from "vitest";
import { boundedBody } from "./bounded-body.ts";

/** Characters of one to four bytes. */
const anyText = fc.string({ unit: fc.constantFrom("a", "é", "漢", "😀") });

const bodyOf = (text: string, limits: { maxBytes: number; truncationBytes: number }, step = 1) => {
  const body = boundedBody(limits);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) body.add(bytes.subarray(at, at + step));
  return body;
};

describe("a body", () => {
  test("within its limit is kept whole, however it is cut", ({ expect }) => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 7 }), (text, step) => {
        const body = bodyOf(text, { maxBytes: 1000, truncationBytes: 10 }, step);
        expect(body.text()).toBe(text);
        expect(body.tooLong).toBe(false);
      }),
    );
  });

  test("of exactly the limit is not too long, one byte more is", ({ expect }) => {
    expect(bodyOf("12345", { maxBytes: 5, truncationBytes: 5 }).tooLong).toBe(false);
    const over = bodyOf("123456", { maxBytes: 5, truncationBytes: 3 });
    expect([over.tooLong, over.lengthBytes, over.text()]).toEqual([true, 6, "123"]);
  });

  test("that is too long is cut between characters, and loses no whole one", ({ expect }) => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ""),
        fc.nat(20),
        (text, truncationBytes) => {
          const maxBytes = Buffer.byteLength(text) - 1;
          const cut = bodyOf(text, { maxBytes, truncationBytes }, 3).text();
          expect(text.startsWith(cut)).toBe(true);
          const next = [...text.slice(cut.length)][0] ?? "";
          expect(Buffer.byteLength(cut + next)).toBeGreaterThan(Math.min(truncationBytes, maxBytes));
        },
      ),
    );
  });

  test("counts what it does not keep", ({ expect }) => {
    const body = boundedBody({ maxBytes: 10, truncationBytes: 10 });
    for (let i = 0; i < 1000; i++) body.add(Buffer.alloc(1024, "x"));
    expect([body.lengthBytes, body.text()]).toEqual([1024 * 1000, "x".repeat(10)]);
  });
});
