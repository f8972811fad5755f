import { describe, test } from "vitest";
import { caseSuite, errorOf } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { NOT_STARTED, refusesToRunUninitialised } from "./proxy-expectations.ts";
import { pythonArchiveCases } from "./python-archive-cases.ts";
import { pythonSourceCases } from "./python-source-cases.ts";
import { initValue, type StartTarget, withValue } from "./target.ts";

/** For what every runtime must do. */
export const pythonSamples: CommonSamples = {
  echo: {
    code: `import sys
def main(args):
    print("hello stdout")
    print("hello stderr", file=sys.stderr)
    return args`,
  },
  otherMain: { code: "def niam(args):\n    return args", main: "niam" },
  noObject: { code: `def main(args):\n    return "not a json object"` },
  unicode: {
    code: `def main(args):\n    winter = "❄ " + args["delimiter"] + " ❄"\n    print(winter)\n    return {"winter": winter}`,
  },
  environment: {
    code: `import os
found = {key: os.environ[key] for key in ("SOME_VAR", "ANOTHER_VAR")}
def main(args):
    return found`,
  },
  context: {
    code: `import os
keys = ("api_host", "api_key", "namespace", "action_name", "action_version", "activation_id", "deadline")
def main(args):
    return {key: os.environ["__OW_" + key.upper()] for key in keys}`,
  },
  withoutCode: "refused",
};

/**
 * What actions of the python kinds rely on.
 * @param withoutPip why a requirements.txt can't be followed here, if it can't
 */
export function pythonConformance(name: string, start: StartTarget, withoutPip?: string): void {
  commonConformance(name, start, pythonSamples);
  caseSuite(`${name}, for a single file,`, start, pythonSourceCases);
  caseSuite(`${name}, for an archive,`, start, pythonArchiveCases(withoutPip));
  lifeConformance(name, start);
}

function lifeConformance(name: string, start: StartTarget): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    refusesToRunUninitialised(start);

    test("may be initialised after an init that failed, and remembers nothing of that", async ({ expect }) => {
      const target = await start();
      const code = "import os\ndef main(args):\n    return {'left': os.environ.get('LEFT')}";
      const failed = await target.init(initValue({ code: "import nope", env: { LEFT: "x" } }));
      const again = await target.init(initValue({ code }));
      const run = await target.run(withValue({}));
      await target.stop();
      expect([failed.status, again.status]).toEqual([502, 200]);
      expect(run.body).toEqual({ left: null });
      expect(errorOf(failed)).toBe(NOT_STARTED);
    });

    test("prints nothing about an init without code", async ({ expect }) => {
      const target = await start();
      const reply = await target.init({ main: "main", code: "" });
      const { stdout, stderr } = await target.logs();
      await target.stop();
      expect(reply.status).toBe(403);
      expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    });
  });
}
