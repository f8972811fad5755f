import { type Case, errorOf, NO_PAIR, ONE_PAIR } from "./cases.ts";
import { withValue } from "./target.ts";

const works: Case["check"] = ({ init, runs }, expect) => {
  expect(init.status).toBe(200);
  expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
};
const SILENT = { stdout: "", stderr: "" };

/** What a single file may look like, and what may become of it. */
export const nodejsSourceCases: readonly Case[] = [
  {
    id: "N1",
    title: "says at init what does not parse",
    upload: { code: '10 PRINT "Hello world!"\n20 GOTO 10' },
    bodies: [],
    check: ({ init, stderr, sentinels }, expect) => {
      expect(init.status).toBe(502);
      expect(errorOf(init)).toMatch(/^Initialization has failed due to: SyntaxError: /);
      expect(stderr).toMatch(/^Error during initialization: SyntaxError: /);
      expect(sentinels).toEqual(ONE_PAIR);
    },
  },
  {
    id: "N2",
    title: "refuses empty code without a sentinel",
    upload: { code: "" },
    bodies: [],
    check: ({ init, sentinels }, expect) => {
      expect(init).toEqual({ status: 403, body: { error: "Missing main/no code to execute." } });
      expect(sentinels).toEqual(NO_PAIR);
    },
  },
  {
    id: "N3",
    title: "tells what was thrown, and logs it",
    upload: { code: `function main() { throw new TypeError("nooooo"); }` },
    check: ({ runs, stderr, sentinels }, expect) => {
      expect(runs[0]).toEqual({ status: 502, body: { error: "An error has occurred: TypeError: nooooo" } });
      expect(stderr).toContain("TypeError: nooooo");
      expect(sentinels).toEqual(ONE_PAIR);
    },
  },
  {
    id: "N4",
    title: "returns an error as a result",
    upload: { code: `function main() { return { error: "sorry" }; }` },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { error: "sorry" } }),
  },
  {
    id: "N5",
    title: "takes a bare return for an empty object",
    upload: {
      code: `function main(args) { if (args.payload === 0) return; if (args.payload === 1) return { ok: 1 }; return { error: 2 }; }`,
    },
    bodies: [0, 1, 2].map((payload) => withValue({ payload })),
    check: ({ runs, stdout, stderr }, expect) => {
      expect(runs).toEqual([{}, { ok: 1 }, { error: 2 }].map((body) => ({ status: 200, body })));
      expect({ stdout, stderr }).toEqual(SILENT);
    },
  },
  {
    id: "N6",
    title: "waits for promises, in any mixture with plain results",
    upload: {
      code: `function main({ payload }) {
        if (payload) return { done: true };
        return { then(resolve) { setTimeout(() => resolve({ done: true }), 100); } };
      }`,
    },
    bodies: [withValue({ payload: true }), withValue({}), withValue({ payload: true })],
    check: ({ runs }, expect) => expect(runs).toEqual(runs.map(() => ({ status: 200, body: { done: true } }))),
  },
  {
    id: "N7",
    title: "takes undeclared variables",
    upload: { code: `main = () => { it = "works"; return { it }; }` },
    check: works,
  },
  { id: "N7", title: "finds a global", upload: { code: `global.main = () => ({ it: "works" });` }, check: works },
  { id: "N7", title: "finds an export", upload: { code: `exports.main = () => ({ it: "works" });` }, check: works },
  {
    id: "N7",
    title: "finds an export of the module",
    upload: { code: `module.exports = { main: () => ({ it: "works" }) };` },
    check: works,
  },
  { title: "finds a constant", upload: { code: `const main = async () => ({ it: "works" });` }, check: works },
  {
    title: "finds what a dotted main names",
    upload: { code: `const a = { b: { c: () => ({ it: "works" }) } };`, main: "a.b.c" },
    check: works,
  },
  {
    title: "finds an export by a dotted main",
    upload: { code: `exports.a = { b: () => ({ it: "works" }) };`, main: "a.b" },
    check: works,
  },
  {
    title: "runs ES modules, with await at the top",
    upload: {
      code: `import { basename } from "node:path";\nconst it = await Promise.resolve("works");\nexport function main() { return { it: basename("/" + it) }; }`,
    },
    check: works,
  },
  {
    title: "runs an ES module whose function is not exported, or is the default",
    upload: {
      code: `import "node:path"; const it = "works"; function main() { return { it }; }\nexport default 1; // end`,
    },
    check: works,
  },
  { title: "runs a default export", upload: { code: `export default () => ({ it: "works" });` }, check: works },
  {
    title: "imports dynamically",
    upload: { code: `exports.main = async () => ({ it: (await import("node:path")).basename("/works") });` },
    check: works,
  },
  {
    id: "N8",
    title: "meets a missing module only when it is asked for",
    upload: { code: `function main() { require(".mildlyinvalidnameofanonexistentpackage"); }` },
    check: ({ init, runs, stderr }, expect) => {
      expect([init.status, runs[0]?.status]).toEqual([200, 502]);
      expect(stderr).toContain("Error: Cannot find module");
    },
  },
  {
    id: "N9",
    title: "offers openwhisk to require and to import",
    upload: {
      code: `const openwhisk = require("openwhisk");
        exports.main = async () => {
          const client = openwhisk({ apihost: "h", api_key: "u:k" });
          return { it: client.actions && (await import("openwhisk")).default === openwhisk ? "works" : "no" };
        };`,
    },
    check: works,
  },
  {
    id: "N10",
    title: "answers a rejection with what it was rejected with",
    upload: {
      code: `const reasons = { object: { msg: "m" }, nested: { error: "e" }, text: "t", zero: 0 };
        exports.main = ({ key }) => Promise.reject(key === "nothing" ? undefined : reasons[key]);`,
    },
    bodies: ["object", "nested", "text", "zero", "nothing"].map((key) => withValue({ key })),
    check: ({ runs }, expect) => {
      const errors = [{ msg: "m" }, { error: "e" }, "t", {}, {}];
      expect(runs).toEqual(errors.map((error) => ({ status: 200, body: { error } })));
    },
  },
  {
    id: "N11",
    title: "takes half a megabyte of source",
    upload: { code: `// ${"x".repeat(500_000)}\nfunction main() { return { it: "works" }; }` },
    check: works,
  },
  {
    id: "N18",
    title: "returns plain fields of instances",
    upload: { code: `const fs = require("fs"); async function main() { return fs.statSync("/"); }` },
    check: ({ runs }, expect) => {
      expect(runs[0]?.status).toBe(200);
      expect(runs[0]?.body).toMatchObject({ size: expect.any(Number), mtimeMs: expect.any(Number) });
    },
  },
  {
    id: "N19",
    title: "answers 200 to what an async function throws",
    upload: { code: `async function main({ app }) { if (app) throw new Error("app error"); a.b.c; }` },
    bodies: [withValue({}), withValue({ app: true })],
    check: ({ runs }, expect) => {
      expect(runs.map(({ status }) => status)).toEqual([200, 200]);
      expect(errorOf(runs[0]).toLowerCase()).toContain("referenceerror: a is not defined");
      expect(runs[1]?.body).toMatchObject({ error: { name: "Error", message: "app error" } });
    },
  },
  {
    title: "refuses an entry point that is no function",
    upload: { code: "const main = 1;" },
    bodies: [],
    check: ({ init }, expect) =>
      expect(init).toEqual({
        status: 502,
        body: { error: "Initialization has failed due to: Action entrypoint 'main' is not a function." },
      }),
  },
  {
    title: "refuses an argument that is neither object nor array, and goes on",
    upload: { code: "function main(args) { return args; }" },
    bodies: [withValue("text"), withValue({ a: 1 })],
    check: ({ runs }, expect) => {
      const error = "Internal system error: the argument must be a dictionary but has type 'string'.";
      expect(runs).toEqual([
        { status: 403, body: { error } },
        { status: 200, body: { a: 1 } },
      ]);
    },
  },
  {
    title: "answers 500 to a result that JSON cannot carry, says why, and goes on",
    upload: { code: "function main({ circle }) { const a = {}; a.a = circle ? a : 1n; return a; }" },
    bodies: [withValue({ circle: true }), withValue({})],
    check: ({ runs, stderr, sentinels }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 500, body: { error: "Internal error." } })));
      expect(stderr).toContain("circular");
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    },
  },
  {
    title: "answers null with null, and logs what a result should have been",
    upload: { code: "function main({ kind }) { return kind === 'null' ? null : 42; }" },
    bodies: [withValue({ kind: "null" }), withValue({})],
    check: ({ runs, stderr }, expect) => {
      expect(runs[0]).toEqual({ status: 200, body: null });
      expect(stderr).toBe('Result must be of type object but has type "number": 42\n');
    },
  },
  {
    title: "gives environment as text, and accepts context that is none",
    upload: {
      code: "function main() { return { A: process.env.A, B: process.env.B, D: process.env.__OW_DEADLINE }; }",
      env: { A: { a: 1 }, B: null },
    },
    bodies: [{ value: {}, deadline: 17 }],
    check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ A: '{"a":1}', B: "", D: "17" }),
  },
  {
    title: "ends the last line of output before the sentinel",
    upload: { code: `function main() { process.stdout.write("out"); process.stderr.write(Buffer.from("err")); }` },
    check: ({ stdout, stderr, sentinels }, expect) => {
      expect({ stdout, stderr }).toEqual({ stdout: "out\n", stderr: "err\n" });
      expect(sentinels).toEqual(ONE_PAIR);
    },
  },
  {
    title: "keeps much output in order, and complete",
    upload: { code: `function main() { for (let i = 0; i < 2000; i++) console.log(i, "x".repeat(200)); }` },
    check: ({ stdout }, expect) =>
      expect(
        stdout
          .trimEnd()
          .split("\n")
          .map((line) => Number.parseInt(line, 10)),
      ).toEqual(Array.from({ length: 2000 }, (_, i) => i)),
  },
  {
    title: "gives what it starts an empty input, and no way to forge an answer",
    upload: {
      code: `const { spawnSync } = require("child_process");
        function main() {
          const script = "cat; for fd in 3 4 5 6; do echo '200 - {}' >&$fd; done 2>/dev/null; ls /proc/self/fd";
          const { stdout } = spawnSync("/bin/sh", ["-c", script], { stdio: ["inherit", "pipe", "pipe"] });
          return { fds: stdout.toString().trim().split("\\n").filter((fd) => fd < 10) };
        }`,
    },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { fds: ["0", "1", "2", "3"] } }), // 3 is the folder that is listed
  },
  {
    title: "offers gc()",
    upload: { code: `function main() { gc(); return { it: typeof global.gc === "function" ? "works" : "no" }; }` },
    check: works,
  },
];
