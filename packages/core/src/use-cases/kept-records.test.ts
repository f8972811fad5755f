import { anIdentity } from "@meringue/testkit";
import { describe, test } from "vitest";
import type { StatusCode } from "../domain/activation.ts";
import { isKept, STORE_LEVELS, type StoreLevel, type StoreLevels } from "./kept-records.ts";

const CODES: readonly StatusCode[] = [0, 1, 2, 3];
const KEPT: Readonly<Record<StoreLevel, readonly StatusCode[]>> = {
  STORE_ALWAYS: [0, 1, 2, 3],
  STORE_FAILURES: [1, 2, 3],
  STORE_FAILURES_NOT_APPLICATION_ERRORS: [2, 3],
};
const user = anIdentity();
const keptAt = (about: Parameters<typeof isKept>[0], levels?: StoreLevels): readonly StatusCode[] =>
  CODES.filter((statusCode) => isKept(about, { statusCode }, levels));

describe("which records are kept", () => {
  test.for(STORE_LEVELS)("of calls that somebody waits for: %s", (blocking, { expect }) => {
    const levels: StoreLevels = { blocking, nonBlocking: "STORE_ALWAYS" };
    expect(keptAt({ user, blocking: true }, levels)).toEqual(KEPT[blocking]);
    expect(keptAt({ user, blocking: false }, levels)).toEqual(CODES);
  });

  test.for(STORE_LEVELS)("of calls that nobody waits for: %s", (nonBlocking, { expect }) => {
    const levels: StoreLevels = { blocking: "STORE_ALWAYS", nonBlocking };
    expect(keptAt({ user, blocking: false }, levels)).toEqual(KEPT[nonBlocking]);
    expect(keptAt({ user, blocking: true }, levels)).toEqual(CODES);
  });

  test("all, unless told", ({ expect }) => {
    expect(keptAt({ user, blocking: true })).toEqual(CODES);
  });

  test("all where the caller asks for extra logging, but none where the namespace wants none", ({ expect }) => {
    const least = "STORE_FAILURES_NOT_APPLICATION_ERRORS";
    const levels: StoreLevels = { blocking: least, nonBlocking: least };
    const quiet = anIdentity({ limits: { storeActivations: false } });
    for (const blocking of [true, false]) {
      expect(keptAt({ user, blocking, extraLogging: true }, levels)).toEqual(CODES);
      expect(keptAt({ user: quiet, blocking, extraLogging: true }, levels)).toEqual([]);
    }
  });
});
