import { describe, test } from "vitest";
import { idleHistogram } from "./idle-histogram.ts";

const MINUTE_MS = 60_000;

function forecastAfter(idleTimes: readonly number[]) {
  const histogram = idleHistogram();
  for (const idleMs of idleTimes) histogram.add(idleMs);
  return histogram.forecast();
}

describe("a forecast", () => {
  test("of calls at regular intervals spans little more than they do", ({ expect }) => {
    const forecast = forecastAfter([15, 15.2, 14.9, 15.1, 15].map((minutes) => minutes * MINUTE_MS));

    expect(forecast?.earliestMs).toBeGreaterThan(13 * MINUTE_MS);
    expect(forecast?.earliestMs).toBeLessThanOrEqual(14.9 * MINUTE_MS);
    expect(forecast?.latestMs).toBeGreaterThanOrEqual(15.2 * MINUTE_MS);
    expect(forecast?.latestMs).toBeLessThan(17 * MINUTE_MS);
  });

  test("is not made of calls at no intervals in particular, nor of a few calls", ({ expect }) => {
    expect(forecastAfter([1, 3, 9, 27, 81, 2, 40].map((minutes) => minutes * MINUTE_MS))).toBeUndefined();
    expect(forecastAfter([15 * MINUTE_MS, 15 * MINUTE_MS])).toBeUndefined();
  });

  test("follows a habit that changes, and is not put off by a single exception", ({ expect }) => {
    const five = Array(60).fill(5 * MINUTE_MS);
    const twenty = Array(300).fill(20 * MINUTE_MS);

    expect(forecastAfter([...twenty, 60 * MINUTE_MS])?.earliestMs).toBeGreaterThan(17 * MINUTE_MS);
    expect(forecastAfter([...five, ...twenty])?.earliestMs).toBeGreaterThan(17 * MINUTE_MS);
  });

  test("takes no notice of what is too short or too long to matter", ({ expect }) => {
    expect(forecastAfter([0, 1, 999, 1e12, Number.POSITIVE_INFINITY, -5, Number.NaN])).toBeUndefined();
  });
});
