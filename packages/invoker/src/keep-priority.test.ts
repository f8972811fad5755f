import { describe, test } from "vitest";
import { keepPriorities } from "./keep-priority.ts";

describe("what an idle container is worth", () => {
  test("grows with its use and with what its start takes, and shrinks with its memory", ({ expect }) => {
    const { idle } = keepPriorities();
    const usual = idle({ uses: 2, coldMs: 60, memoryMb: 256 });

    expect(idle({ uses: 4, coldMs: 60, memoryMb: 256 })).toBeGreaterThan(usual);
    expect(idle({ uses: 2, coldMs: 400, memoryMb: 256 })).toBeGreaterThan(usual);
    expect(idle({ uses: 2, coldMs: 60, memoryMb: 512 })).toBeLessThan(usual);
  });

  test("is less, in the end, than that of what is used now, however much it was used before", ({ expect }) => {
    const { idle, evicted } = keepPriorities();
    const past = idle({ uses: 1_000, coldMs: 60, memoryMb: 256 });
    let now = idle({ uses: 1, coldMs: 60, memoryMb: 256 });
    for (let gone = 0; gone < 1_000; gone++) {
      evicted(now);
      now = idle({ uses: 1, coldMs: 60, memoryMb: 256 });
    }

    expect(now).toBeGreaterThan(past);
  });
});
