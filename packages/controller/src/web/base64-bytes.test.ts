import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { base64Bytes } from "./base64-bytes.ts";

describe("base64", () => {
  test("is read with its padding and without", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(base64Bytes(text)).toEqual(Buffer.from(bytes));
        expect(base64Bytes(text.replaceAll("=", ""))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each(["a", "abcde", "ab=", "abc==", "=", "==", "ab=c", "ab c", "abcd\n", "ab-_", "ab==ab==", "ä==="])(
    "is not %j",
    (text) => {
      expect(base64Bytes(text)).toBeUndefined();
    },
  );
});
