import { describe, test } from "vitest";
import { type Action, type KeepAlive, playTrace } from "./keep-alive-simulation.ts";
import { syntheticTrace } from "./synthetic-trace.ts";

const MINUTE_MS = 60_000;
const FIXED: KeepAlive = { evict: "oldest", rewarm: false, idleTimeoutMs: 10 * MINUTE_MS };
const OURS: KeepAlive = { ...FIXED, evict: "least worth", rewarm: true };

describe("a trace", () => {
  test("of one action that is called each minute has one cold start", ({ expect }) => {
    const action: Action = { name: "a", memoryMb: 256, coldMs: 70, runMs: 5 };
    const trace = Array.from({ length: 10 }, (_, i) => ({ action, atMs: i * MINUTE_MS }));

    expect(playTrace(trace, 256, FIXED)).toEqual({ calls: 10, cold: 1, coldMs: 70 });
  });

  test("of a timer that rings each 15 minutes is foreseen after a few times", ({ expect }) => {
    const action: Action = { name: "a", memoryMb: 256, coldMs: 70, runMs: 5 };
    const trace = Array.from({ length: 20 }, (_, i) => ({ action, atMs: i * 15 * MINUTE_MS }));

    expect(playTrace(trace, 256, FIXED).cold).toBe(20);
    expect(playTrace(trace, 256, OURS).cold).toBeLessThan(8);
  });

  test.for([2_048, 4_096, 8_192])(
    "of many actions has fewer cold starts, and cheaper ones, than with the oldest going first, in %i MB",
    (memoryMb, { expect }) => {
      for (const seed of [1, 2]) {
        const trace = syntheticTrace(seed, 240);
        const [fixed, ours] = [playTrace(trace, memoryMb, FIXED), playTrace(trace, memoryMb, OURS)];

        expect(ours.cold).toBeLessThan(fixed.cold);
        expect(ours.coldMs).toBeLessThan(fixed.coldMs);
      }
    },
  );
});
