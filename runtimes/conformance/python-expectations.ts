import { type Case, ONE_PAIR } from "./cases.ts";

/** Has main and niam; they answer what `works` wants. */
export const ECHO = `def niam(args):\n    return {"it": "works"}\nmain = niam`;

/** A refused init, its reason in the log of stderr. */
export function refused(error: string, reason: string | RegExp): Case["check"] {
  return ({ init, stdout, stderr, sentinels }, expect) => {
    expect(init).toEqual({ status: 502, body: { error } });
    expect(stderr).toMatch(reason);
    expect(stdout).toBe("");
    expect(sentinels).toEqual(ONE_PAIR);
  };
}
