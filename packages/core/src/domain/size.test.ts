import fc from "fast-check";
import { describe, test } from "vitest";
import { parseDuration } from "./duration.ts";
import { normalizeSize, parseSize, utf8Bytes } from "./size.ts";

describe("a size", () => {
  test.for([
    ["1 B", 1, "1 B"],
    ["1048576 B", 1_048_576, "1048576 B"],
    [" 2k ", 2048, "2 KB"],
    ["3Mb", 3 * 1024 ** 2, "3 MB"],
    ["1 g", 1024 ** 3, "1 GB"],
    ["0MB", 0, "0 MB"],
  ] as const)("may be %j", ([text, bytes, normal], { expect }) => {
    expect(parseSize(text)).toBe(bytes);
    expect(normalizeSize(text)).toBe(normal);
  });

  test.for(["", "1", "MB", "-1 MB", "1.5 MB", "1 TB", "1  MB", "  1 MB", "1 MB x", "99999999999999999999 GB"])(
    "may not be %j",
    (text, { expect }) => {
      expect(parseSize(text)).toBeUndefined();
      expect(normalizeSize(text)).toBeUndefined();
    },
  );

  test("keeps its meaning when it is brought to its normal spelling", ({ expect }) => {
    const anySize = fc.stringMatching(/^\s?[0-9]{1,6}\s?(GB|mb|Kb|B|g|M|k)\s?$/);
    fc.assert(
      fc.property(anySize, (text) => {
        expect(parseSize(normalizeSize(text) ?? "")).toBe(parseSize(text));
      }),
    );
  });

  test("of a text is counted in UTF-8", ({ expect }) => {
    expect(utf8Bytes("aé€😀")).toBe(1 + 2 + 3 + 4);
  });
});

describe("a duration", () => {
  test.for([
    ["2 minutes", 120_000],
    ["90s", 90_000],
    ["500 ms", 500],
    ["1.5 hours", 5_400_000],
    ["1 day", 86_400_000],
    [" 10 Seconds ", 10_000],
  ] as const)("may be %j", ([text, ms], { expect }) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.for(["", "2", "minutes", "-1 s", "2 fortnights", "1 constructor", "1 s 2 s"])(
    "may not be %j",
    (text, { expect }) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});
