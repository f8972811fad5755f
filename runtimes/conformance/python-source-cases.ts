import { type Case, ONE_PAIR } from "./cases.ts";
import { NO_DICTIONARY, NOT_BUILT, NOT_STARTED, works } from "./proxy-expectations.ts";
import { ECHO, refused } from "./python-expectations.ts";
import { withValue } from "./target.ts";

/** What a single file may look like, and what may become of it. */
export const pythonSourceCases: readonly Case[] = [
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
