import { describe, test } from "vitest";
import { percentile } from "./figures.ts";
import { judge } from "./goals.ts";
import { goalText, spreadText, terminalTable, verdictText } from "./table.ts";

describe("a row of the table", () => {
  test("shows the median and the range, with as many digits as make sense", ({ expect }) => {
    expect(spreadText([3, 1.234, 2.5])).toBe("2.50 (1.23–3)");
    expect(spreadText([54_321.4])).toBe("54,321");
  });

  test("is held against its goal by its median", ({ expect }) => {
    const row = { goal: "G1", what: "share", unit: "%" } as const;
    expect(verdictText({ ...row, values: [10, 56, 90] })).toBe("met");
    expect(verdictText({ ...row, values: [80] })).toBe("stretch");
    expect(verdictText({ ...row, values: [54] })).toBe("missed");
    expect(verdictText({ ...row, values: [54] }, false)).toBe("");
  });

  test("which may be to have less", ({ expect }) => {
    expect([judge("G3", 40), judge("G3", 80), judge("G3", 81)]).toEqual(["stretch", "met", "missed"]);
    expect(goalText({ better: "less", target: 80, stretch: 40 })).toBe("≤ 80 (40)");
  });

  test("that was rejected or skipped is not judged, and says why", ({ expect }) => {
    const row = { goal: "G1", what: "share", unit: "%", values: [99] } as const;
    expect(terminalTable([{ ...row, rejected: "it broke" }], true)).toMatch(
      /rejected\n {2}rejected, because: it broke$/,
    );
    expect(verdictText({ ...row, values: [], skipped: "no wrk" })).toBe("skipped: no wrk");
  });
});

test("a percentile between two figures is in proportion", ({ expect }) => {
  expect([percentile([4, 1, 3, 2], 0.5), percentile([1, 2], 1), percentile([7], 0.99)]).toEqual([2.5, 2, 7]);
});
