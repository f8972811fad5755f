import { describe, test } from "vitest";
import { formatLogLine, wallClock } from "./log-lines.ts";

describe("a log line", () => {
  test("has a stamp of thirty characters, its stream and its text", ({ expect }) => {
    const line = formatLogLine({ time: Date.UTC(2026, 0, 2, 3, 4, 5, 123) + 0.4375, stream: "stdout", text: "hello" });

    expect(line).toMatch(/^2026-01-02T03:04:05\.1234375\d\dZ stdout: hello$/);
  });

  test("just before the next millisecond is not of another one", ({ expect }) => {
    const line = formatLogLine({ time: 1_000 - 1e-10, stream: "stderr", text: "" });

    expect(line).toMatch(/^1970-01-01T00:00:0[01]\.\d{9}Z stderr: $/);
    expect(formatLogLine({ time: 999.999_999_9, stream: "stderr", text: "" })).toBe(
      "1970-01-01T00:00:00.999999999Z stderr: ",
    );
  });
});

describe("the fine clock", () => {
  test("goes with the wall clock, and never back", ({ expect }) => {
    const now = wallClock();
    const stamps = Array.from({ length: 1_000 }, now);

    expect(stamps.every((stamp, index) => index === 0 || stamp >= (stamps[index - 1] ?? 0))).toBe(true);
    const before = Date.now();
    const stamp = now();
    expect(stamp).toBeGreaterThan(before - 50);
    expect(stamp).toBeLessThan(Date.now() + 50);
  });
});
