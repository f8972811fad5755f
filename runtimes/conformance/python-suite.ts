import { describe, test } from "vitest";
import { tarGz, zip, zipRenaming } from "./archives.ts";
import { type Case, caseSuite, errorOf, ONE_PAIR } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { initValue, type StartTarget, type Upload, withValue } from "./target.ts";
import { requirementsArchive } from "./wheel.ts";

const NOT_BUILT = "The action failed to generate or locate a binary. See logs for details.";
const NOT_STARTED = "Cannot start action. Check logs for details.";
const NO_DICTIONARY = "The action did not return a dictionary or array.";

const samples: CommonSamples = {
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

const ECHO = `def niam(args):\n    return {"it": "works"}\nmain = niam`;

const works: Case["check"] = ({ init, runs, stdout, stderr }, expect) => {
  expect(init.status).toBe(200);
  expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
};

async function binary(code: string | Promise<string>, main?: string): Promise<Upload> {
  return { code: await code, binary: true, ...(main !== undefined && { main }) };
}

/** A refused init, its reason in the log of stderr. */
function refused(error: string, reason: string | RegExp): Case["check"] {
  return ({ init, stdout, stderr, sentinels }, expect) => {
    expect(init).toEqual({ status: 502, body: { error } });
    expect(stderr).toMatch(reason);
    expect(stdout).toBe("");
    expect(sentinels).toEqual(ONE_PAIR);
  };
}

/**
 * What actions of the python kinds rely on.
 * @param withoutPip why a requirements.txt can't be followed here, if it can't
 */
export function pythonConformance(name: string, start: StartTarget, withoutPip?: string): void {
  commonConformance(name, start, samples);
  caseSuite(`${name}, for a single file,`, start, sourceCases);
  caseSuite(`${name}, for an archive,`, start, archiveCases(withoutPip));
  lifeConformance(name, start);
}

const sourceCases: readonly Case[] = [
  {
    id: "P4",
    title: "answers an exception as an error, with its traceback in the log",
    upload: { code: "def main(args):\n    return {'a': 1 / 0}" },
    bodies: [{}, {}],
    check: ({ runs, stderr, sentinels }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 200, body: { error: "division by zero" } })));
      expect(stderr).toMatch(/^Traceback \(most recent call last\):\n {2}File ".*__main__\.py", line 2, in main\n/);
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    },
  },
  {
    id: "P5",
    title: "says in the log what does not parse",
    upload: { code: '10 PRINT "Hello!"\n20 GOTO 10' },
    bodies: [],
    check: refused(NOT_BUILT, /invalid syntax.*line 1/),
  },
  {
    id: "P6",
    title: "returns an error as a result",
    upload: { code: `def main(args):\n    return {"error": "sorry"}` },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { error: "sorry" } }),
  },
  {
    id: "P7",
    title: "meets a missing module at init",
    upload: { code: "import iamnotsupported\ndef main(args):\n    return {}" },
    bodies: [],
    check: refused(NOT_STARTED, /Traceback[^]*No module named 'iamnotsupported'/),
  },
  {
    title: "refuses an entry point that is not there",
    upload: { code: "def niam(args):\n    return {}" },
    bodies: [],
    check: refused(NOT_STARTED, "has no attribute 'main'"),
  },
  {
    id: "P8",
    title: "tells which Python it is",
    upload: { code: `import sys\ndef main(args):\n    return {"it": "python" in sys.executable}` },
    check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: true }),
  },
  {
    id: "P9",
    title: "returns lists, and tuples as lists",
    upload: { code: `def main(args):\n    return ["a", "b"] if args else ("a", "b")` },
    bodies: [withValue({}), withValue(["x"])],
    check: ({ runs }, expect) => expect(runs).toEqual(runs.map(() => ({ status: 200, body: ["a", "b"] }))),
  },
  {
    id: "P10",
    title: "ends with an action that exits",
    upload: { code: "import sys\ndef main(args):\n    sys.exit(1)" },
    bodies: [{}, {}],
    check: ({ runs, stdout, stderr }, expect) => {
      expect(runs).toEqual([
        { status: 400, body: { error: "command exited" } },
        { status: 500, body: { error: "no action defined yet" } },
      ]);
      expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
    },
  },
  {
    id: "P11",
    title: "says that an action exited at load",
    upload: { code: "import sys\nsys.exit(1)" },
    bodies: [],
    check: refused(NOT_STARTED, "Command exited abruptly during initialization."),
  },
  {
    id: "P12",
    title: "prints at load into the first activation's log",
    upload: { code: `import os\nprint(os.environ["X"])\ndef main(args):\n    return {}`, env: { X: "x marks" } },
    check: ({ stdout, sentinels }, expect) => {
      expect(stdout).toBe("x marks\n");
      expect(sentinels).toEqual(ONE_PAIR);
    },
  },
  {
    title: "answers None with null",
    upload: { code: "def main(args):\n    pass" },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: null }),
  },
  {
    title: "survives a result that JSON cannot carry, and says why",
    upload: { code: `def main(args):\n    return {"a": float("nan") if args else object()}` },
    bodies: [withValue({}), withValue({ nan: true })],
    check: ({ runs, stderr }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: NO_DICTIONARY } })));
      expect(stderr).toContain("Object of type object is not JSON serializable");
    },
  },
  {
    title: "returns text that UTF-8 cannot carry",
    upload: { code: `def main(args):\n    print("\\ud800")\n    return {"it": "\\ud800 ❄"}` },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { it: "\ud800 ❄" } }),
  },
  {
    title: "accepts context that is no text",
    upload: { code: `import os\ndef main(args):\n    return {"it": os.environ["__OW_DEADLINE"]}` },
    bodies: [{ value: {}, deadline: 17 }],
    check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "17" }),
  },
  {
    title: "waits for a coroutine",
    upload: { code: `import asyncio\nasync def main(args):\n    await asyncio.sleep(0)\n    return {"it": "works"}` },
    check: works,
  },
  {
    title: "ends the last line of output before the sentinel",
    upload: {
      code: `import sys\ndef main(args):\n    print("out", end="")\n    sys.stderr.write("err")\n    return {}`,
    },
    check: ({ stdout, stderr, sentinels }, expect) => {
      expect({ stdout, stderr }).toEqual({ stdout: "out\n", stderr: "err\n" });
      expect(sentinels).toEqual(ONE_PAIR);
    },
  },
  {
    title: "gives what it starts an empty input, and no way to forge an answer",
    upload: {
      code: `import subprocess
def main(args):
    done = subprocess.run("cat; ls /proc/self/fd", shell=True, stdout=subprocess.PIPE, close_fds=False)
    return {"fds": [fd for fd in done.stdout.decode().split() if int(fd) < 10]}`,
    },
    check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ fds: ["0", "1", "2", "3"] }), // 3 is the folder listed
  },
  {
    title: "takes source that looks like base64",
    upload: { code: Buffer.from(ECHO).toString("base64"), binary: true },
    check: works,
  },
];

function archiveCases(withoutPip: string | undefined): Case[] {
  const activate =
    "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(__file__)), 'packages'))";
  const withVirtualenv = {
    "virtualenv/bin/activate_this.py": activate,
    "virtualenv/packages/agent.py": `it = "works"`,
  };
  const usesVirtualenv = `from agent import it\ndef main(args):\n    return {"it": it}\nnaim = main`;
  return [
    {
      id: "P1",
      title: "loads __main__.py and what it imports",
      upload: binary(zip({ "__main__.py": "from echo import niam", "echo.py": ECHO }), "niam"),
      check: works,
    },
    {
      id: "P2",
      title: "works in the unpacked folder",
      upload: binary(
        zip({ "__main__.py": "def main(args):\n    return {'it': open('workfile').read()}", workfile: "works" }),
      ),
      check: works,
    },
    {
      title: "loads a tar.gz",
      upload: binary(tarGz({ "__main__.py": "from lib.echo import main", "lib/echo.py": ECHO })),
      check: works,
    },
    {
      title: "prefers its own module to one of the same name that Python has",
      upload: binary(zip({ "__main__.py": "from random import main", "random.py": ECHO })),
      check: works,
    },
    {
      id: "P3",
      title: "wants __main__.py",
      upload: binary(zip({ "echo.py": ECHO })),
      bodies: [],
      check: refused(NOT_BUILT, "Zip file does not include"),
    },
    {
      id: "P13",
      title: "runs what was built elsewhere",
      upload: binary(
        zip({ exec: "#!/bin/bash", "exec__.py": "", "main__.py": usesVirtualenv, ...withVirtualenv }),
        "naim",
      ),
      check: works,
    },
    {
      id: "P14",
      title: "wants the main module of what was built elsewhere",
      upload: binary(zip({ exec: "#!/bin/bash", "exec__.py": "", ...withVirtualenv })),
      bodies: [],
      check: refused(NOT_STARTED, "main__"),
    },
    {
      title: "activates a virtualenv",
      upload: binary(zip({ "__main__.py": usesVirtualenv, ...withVirtualenv })),
      check: works,
    },
    {
      id: "P15",
      title: "refuses a virtualenv that can't be activated",
      upload: binary(zip({ "__main__.py": ECHO, "virtualenv/lib/x.py": "" })),
      bodies: [],
      check: refused(NOT_BUILT, "Invalid virtualenv. Zip file does not include 'activate_this.py'."),
    },
    {
      title: "installs what requirements.txt asks for",
      skip: withoutPip,
      upload: requirementsArchive().then((code) => binary(code)),
      check: works,
    },
    {
      title: "shows why requirements.txt could not be followed",
      skip: withoutPip,
      upload: binary(zip({ "__main__.py": ECHO, "requirements.txt": "--no-index\nno-such-package-at-all" })),
      bodies: [],
      check: refused(NOT_BUILT, "no-such-package-at-all"),
    },
    {
      title: "says that an archive is broken",
      upload: binary(Buffer.from("PK\x03\x04 and then nothing").toString("base64")),
      bodies: [],
      check: refused(NOT_BUILT, "the zip archive cannot be read"),
    },
    {
      title: "refuses a file outside of the folder",
      upload: binary(zipRenaming({ "__main__.py": ECHO, "aa/evil": "x" }, "aa/evil", "../evil")),
      bodies: [],
      check: refused(NOT_BUILT, "lies outside of the folder"),
    },
    {
      title: "refuses a link that leaves the folder",
      upload: binary(zip({ "__main__.py": ECHO, "a/b": { linkTo: "../../outside" } })),
      bodies: [],
      check: refused(NOT_BUILT, "leads out of the folder"),
    },
  ];
}

function lifeConformance(name: string, start: StartTarget): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    test("refuses to run before it was initialised", async ({ expect }) => {
      const target = await start();
      const reply = await target.run(withValue({}));
      await target.stop();
      expect(reply).toEqual({ status: 500, body: { error: "no action defined yet" } });
    });

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
