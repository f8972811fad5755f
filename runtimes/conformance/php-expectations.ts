import { type Case, ONE_PAIR } from "./cases.ts";

/** Has main and niam; they answer what `works` wants. */
export const ECHO = `<?php
function niam(array $args): array { return ["it" => "works"]; }
function main(array $args): array { return niam($args); }`;

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
