import fc from "fast-check";
import { describe, test } from "vitest";
import { codeToBytes, isBase64Code, isBlankCode } from "./base64.ts";

/** The rule as the contract states it; it would overflow the matcher's stack on large code. */
const SPECIFIED = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/;

function specified(code: string): boolean {
  const characters = Array.from(code);
  const [first, last] = [characters.findIndex((c) => c > " "), characters.findLastIndex((c) => c > " ")];
  const text = first === -1 ? "" : characters.slice(first, last + 1).join("");
  return text.length > 0 && text.length % 4 === 0 && SPECIFIED.test(text);
}

describe("code counts as binary", () => {
  test.for(["abcd", "AA==", "AAA=", " \n\u0000abcd\t ", "AAAA".repeat(3)])("when it is %j", (code, { expect }) => {
    expect(isBase64Code(code)).toBe(true);
  });

  test.for(["", "  ", "a", "abc", "abcde", "A===", "====", "AA=A", "AA==AAAA", "ab\ncd12", "ab-_", "\u00a0abcd"])(
    "not when it is %j",
    (code, { expect }) => {
      expect(isBase64Code(code)).toBe(false);
    },
  );

  test("exactly when the specified expression matches", ({ expect }) => {
    const anyCode = fc.oneof(
      fc.stringMatching(/^[ab=+/ \n]{0,9}$/),
      fc.string({ maxLength: 9 }),
      fc.base64String({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(anyCode, (code) => {
        expect(isBase64Code(code)).toBe(specified(code));
      }),
      { numRuns: 2000 },
    );
  });

  test("in time that grows with its length only", ({ expect }) => {
    const large = "Q".repeat(48 * 1024 * 1024);
    const started = performance.now();
    expect(isBase64Code(large)).toBe(true);
    expect(isBase64Code(`${large}AA=A`)).toBe(false);
    expect(isBase64Code(`${large}\u00e9===`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe("code becomes bytes", () => {
  test("decoded when it is binary, white space around it or not", ({ expect }) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const text = ` ${Buffer.from(bytes).toString("base64")}\n`;
        expect(isBase64Code(text)).toBe(true);
        expect([...codeToBytes(true, text)]).toEqual([...bytes]);
      }),
    );
  });

  test("as it stands when it is text", ({ expect }) => {
    expect(Buffer.from(codeToBytes(false, " é\n")).toString()).toBe(" é\n");
  });

  test("unless it is blank", ({ expect }) => {
    expect(["", " ", "\n\t\u0000", "a", "\u00a0"].map(isBlankCode)).toEqual([true, true, true, false, false]);
  });
});
