import { test } from "vitest";
import type { Case } from "./cases.ts";
import { type StartTarget, withValue } from "./target.ts";

// Of the kinds whose launchers stand behind a proxy in images, upstream's as ours.

export const NOT_BUILT = "The action failed to generate or locate a binary. See logs for details.";
export const NOT_STARTED = "Cannot start action. Check logs for details.";
export const NO_DICTIONARY = "The action did not return a dictionary or array.";

/** The action answered `{it: "works"}` and printed nothing. */
export const works: Case["check"] = ({ init, runs, stdout, stderr }, expect) => {
  expect(init.status).toBe(200);
  expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
};

/** Defines the test of it. */
export function refusesToRunUninitialised(start: StartTarget): void {
  test("refuses to run before it was initialised", async ({ expect }) => {
    const target = await start();
    const reply = await target.run(withValue({}));
    await target.stop();
    expect(reply).toEqual({ status: 500, body: { error: "no action defined yet" } });
  });
}
