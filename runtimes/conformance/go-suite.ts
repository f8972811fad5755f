import { zip } from "./archives.ts";
import { buildConformance } from "./build-suite.ts";
import { type Case, caseSuite } from "./cases.ts";
import { commonConformance } from "./common-suite.ts";
import { GO_COMMON, goAction } from "./go-samples.ts";
import { LOOP_SCRIPT, loopConformance } from "./loop-suite.ts";
import { NOT_STARTED } from "./proxy-expectations.ts";
import { rememberingBuilds } from "./remembered-builds.ts";
import { type StartTarget, type Upload, withValue } from "./target.ts";

/** Linking takes a second of one processor, and a table is a few dozen. */
const BUILD_LIMIT_MS = 60_000;

/** What actions of the go kinds rely on. */
export function goConformance(name: string, target: StartTarget): void {
  const start = rememberingBuilds(target);
  commonConformance(name, start, GO_COMMON, BUILD_LIMIT_MS);
  caseSuite(
    `${name}, for source,`,
    start,
    [...sourceCases, ...resultCases].map((row) => ({ limitMs: BUILD_LIMIT_MS, ...row })),
  );
  loopConformance(name, start, {
    image: "golang",
    logsInitErrors: true,
    broken: { code: "package main\n\nfunc Main() { nonsense" },
    complaint: "syntax error",
    exits: { code: goAction('\tpanic("no more")') },
    left: {
      code: goAction(
        '\tvalue, found := os.LookupEnv("LEFT")\n\tif found {\n\t\treturn map[string]interface{}{"left": value}\n\t}\n\treturn map[string]interface{}{"left": nil}',
        ["os"],
      ),
    },
    limitMs: BUILD_LIMIT_MS,
  });
  const echo: Upload = {
    code: "package main\n\nfunc Main(args map[string]interface{}) map[string]interface{} { return args }\n",
  };
  const sources = { "one file": echo, "an archive": packages };
  buildConformance(name, target, { sources, precompiled: { code: LOOP_SCRIPT }, limitMs: BUILD_LIMIT_MS });
}

function archive(files: Readonly<Record<string, string>>, main: string): Promise<Upload> {
  return zip(files).then((code) => ({ code, binary: true, main }));
}

const GREETING = `package hello

// Hello greets.
func Hello(name string) string { return "Hello, " + name + "!" }
`;
const GREETED = { "main-hello": "Hello, Demo!" };
const GREET = `\treturn map[string]interface{}{"main-hello": hello.Hello(args["name"].(string))}`;

const packages = archive(
  {
    "go.mod": "module packages\n\ngo 1.18\n",
    "main.go": goAction("\treturn part.Same(args)", ["packages/part"]),
    "part/part.go": "package part\n\nfunc Same(args map[string]interface{}) map[string]interface{} { return args }\n",
  },
  "main",
);

function greets(id: string, title: string, upload: Promise<Upload>): Case {
  return {
    id,
    title,
    upload,
    bodies: [withValue({ name: "Demo" })],
    check: ({ init, runs, stdout, stderr }, expect) => {
      expect(init).toEqual({ status: 200, body: { ok: true } });
      expect(runs[0]).toEqual({ status: 200, body: GREETED });
      expect([stdout, stderr]).toEqual(["", ""]);
    },
  };
}

const sourceCases: readonly Case[] = [
  {
    id: "G3",
    title: "takes source as base64, and writes the entry point's name as upstream does",
    upload: {
      code: Buffer.from(goAction("\treturn args", [], "Helloworld")).toString("base64"),
      binary: true,
      main: "helloWorld",
    },
    check: ({ init, runs }, expect) => expect([init.status, runs[0]?.body]).toEqual([200, {}]),
  },
  greets(
    "G4",
    "takes an archive without a module",
    archive(
      {
        exec: goAction(`\treturn greet(args)`),
        "greet.go": goAction(
          `\treturn map[string]interface{}{"main-hello": "Hello, " + args["name"].(string) + "!"}`,
          [],
          "greet",
        ),
      },
      "main",
    ),
  ),
  greets(
    "G5",
    "takes a module that lies in the archive",
    archive(
      {
        "go.mod":
          "module action\n\ngo 1.18\n\nrequire example.com/hello v0.0.0\n\nreplace example.com/hello => ./hello\n",
        "main.go": goAction(GREET, ["example.com/hello"], "Hello"),
        "hello/go.mod": "module example.com/hello\n\ngo 1.18\n",
        "hello/hello.go": GREETING,
      },
      "hello",
    ),
  ),
  greets(
    "G5",
    "takes modules that were vendored",
    archive(
      {
        "go.mod": "module action\n\ngo 1.18\n\nrequire example.com/hello v1.0.0\n",
        "main.go": goAction(GREET, ["example.com/hello"]),
        "vendor/modules.txt": "# example.com/hello v1.0.0\n## explicit\nexample.com/hello\n",
        "vendor/example.com/hello/hello.go": GREETING,
      },
      "main",
    ),
  ),
  {
    title: "refuses an entry point that is missing, with the compiler's words in the log",
    upload: { code: goAction("\treturn args"), main: "nope" },
    bodies: [],
    check: ({ init, stderr }, expect) => {
      expect(init.status).toBe(502);
      expect(stderr).toContain("undefined: Nope");
    },
  },
  {
    title: "refuses a function whose result is neither object nor array",
    upload: { code: "package main\n\nfunc Main(args map[string]interface{}) string { return `x` }\n" },
    bodies: [],
    check: ({ init, stderr }, expect) => {
      expect(init).toEqual({ status: 502, body: { error: NOT_STARTED } });
      expect(stderr).toContain("Support map and slice and array only");
    },
  },
];

const resultCases: readonly Case[] = [
  {
    id: "G6",
    title: "takes and returns arrays of their own types",
    upload: { code: "package main\n\nfunc Main(args []string) []string { return append(args, `c`) }\n" },
    bodies: [withValue(["a", "b"])],
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: ["a", "b", "c"] }),
  },
  {
    title: "answers null for a map that is none, and keeps signs that HTML has",
    upload: {
      code: goAction('\tif args["html"] != nil {\n\t\treturn args\n\t}\n\treturn nil'),
    },
    bodies: [withValue({}), withValue({ html: "<a & b>" })],
    check: ({ runs }, expect) => expect(runs.map(({ body }) => body)).toEqual([null, { html: "<a & b>" }]),
  },
  {
    title: "keeps its memory from run to run, and has an empty input of its own",
    upload: {
      code: `${goAction('\tinput, _ := io.ReadAll(os.Stdin)\n\truns++\n\treturn map[string]interface{}{"runs": runs, "input": string(input)}', ["io", "os"])}\nvar runs int\n`,
    },
    bodies: [{}, {}],
    check: ({ runs }, expect) =>
      expect(runs.map(({ body }) => body)).toEqual([
        { runs: 1, input: "" },
        { runs: 2, input: "" },
      ]),
  },
];
