import { type Case, ONE_PAIR } from "./cases.ts";

export const NOT_PARSED = "Invalid Ruby Code: failed to parse the input code";
export const NO_ZIP =
  "Invalid Binary: failed to open zip file. Please make sure you have finished $bundle package successfully.";
export const NO_MAIN_FILE = "Invalid Ruby Code: zipped actions must contain main.rb at the root.";
export const RUN_FAILED = "Invalid Action: An error occurred running the action";

/** Has main and niam; they answer what {@link works} wants. */
export const ECHO = `def niam(args)\n  { "it" => "works" }\nend\ndef main(args) = niam(args)`;

/** The action answered `{it: "works"}` and printed nothing. */
export const works: Case["check"] = ({ init, runs, stdout, stderr }, expect) => {
  expect(init).toEqual({ status: 200, body: { OK: true } });
  expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
};

/**
 * A refused init, whose answer is on stdout too.
 * @param details on stderr
 */
export function refused(error: string | RegExp, details: string | RegExp = ""): Case["check"] {
  return ({ init, stdout, stderr, sentinels }, expect) => {
    expect(init).toEqual({ status: 500, body: { error: expect.stringMatching(error) as string } });
    expect(JSON.parse(stdout)).toEqual(init.body);
    expect(stderr).toMatch(details);
    expect(sentinels).toEqual(ONE_PAIR);
  };
}

/** Text that is meant to the letter. */
export function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.$/]/g, "\\$&")}$`);
}
