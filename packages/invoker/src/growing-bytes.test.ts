import fc from "fast-check";
import { describe, test } from "vitest";
import { growingBytes } from "./growing-bytes.ts";

describe("growing bytes", () => {
  test("are what came, piece by piece", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 })), (pieces) => {
        const bytes = growingBytes();
        for (const piece of pieces) bytes.append(Buffer.from(piece));
        expect(bytes.view().equals(Buffer.concat(pieces))).toBe(true);
        expect(bytes.length).toBe(bytes.view().length);
      }),
    );
  });

  test("begin anew once they are cleared, and leave what was read alone", ({ expect }) => {
    const bytes = growingBytes();
    bytes.append(Buffer.from("ab"));
    bytes.append(Buffer.from("cd"));
    const before = bytes.view();
    bytes.clear();
    bytes.append(Buffer.from("x"));
    bytes.append(Buffer.from("y"));

    expect([before.toString(), bytes.view().toString()]).toEqual(["abcd", "xy"]);
  });

  test("do not change a piece that they were given", ({ expect }) => {
    const bytes = growingBytes();
    const first = Buffer.from("first...").subarray(0, 5);
    bytes.append(first);
    bytes.append(Buffer.from("!"));

    expect([first.toString(), bytes.view().toString()]).toEqual(["first", "first!"]);
  });
});
