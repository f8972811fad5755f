import { type Case, ONE_PAIR } from "./cases.ts";

export const NOT_BUILT = "The action failed to generate or locate a binary. See logs for details.";
export const NOT_STARTED = "Cannot start action. Check logs for details.";
export const NO_DICTIONARY = "The action did not return a dictionary or array.";

/** Has main and niam; they answer what {@link works} wants. */
export const ECHO = `<?php
function niam(array $args): array { return ["it" => "works"]; }
function main(array $args): array { return niam($args); }`;

/** The action answered `{it: "works"}` and printed nothing. */
export const works: Case["check"] = ({ init, runs, stdout, stderr }, expect) => {
  expect(init.status).toBe(200);
  expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
};

/** A refused init, its reason in the log of stderr. */
export function refused(error: string, reason: string | RegExp): Case["check"] {
  return ({ init, stdout, stderr, sentinels }, expect) => {
    expect(init).toEqual({ status: 502, body: { error } });
    expect(stderr).toMatch(reason);
    // what PHP itself logs might have left a line open: an empty one follows
    expect(stdout.trim()).toBe("");
    expect(sentinels).toEqual(ONE_PAIR);
  };
}
