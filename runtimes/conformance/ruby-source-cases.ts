import { type Case, ONE_PAIR } from "./cases.ts";
import { NO_DICTIONARY } from "./proxy-expectations.ts";
import { ECHO, exactly, NOT_PARSED, RUN_FAILED, refused, works } from "./ruby-expectations.ts";
import { withValue } from "./target.ts";

const LARGE_SOURCE_BYTES = 500_000;
/** Loading activesupport and mechanize takes seconds on a busy machine. */
const LIBRARIES_LIMIT_MS = 60_000;

/**
 * What a single file may look like, and what may become of it.
 * @param without which gems of upstream's image are not here, if any
 */
export function rubySourceCases(without: string | undefined): Case[] {
  return [...resultCases, ...failureCases, ...surroundingsCases(without)];
}

const resultCases: readonly Case[] = [
  {
    id: "R3",
    title: "returns an error as a result",
    upload: { code: `def main(args)\n  { "error" => "sorry" }\nend` },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { error: "sorry" } }),
  },
  {
    id: "R5",
    title: "tells an empty result from a full one and from an error",
    upload: {
      code: `def main(params)
  case params["payload"]
  when 0 then {}
  when 1 then { "result" => "it works" }
  else { error: "payload must be 0 or 1" }
  end
end`,
    },
    bodies: [withValue({ payload: 0 }), withValue({ payload: 1 }), withValue({ payload: 2 })],
    check: ({ runs }, expect) => {
      const bodies = [{}, { result: "it works" }, { error: "payload must be 0 or 1" }];
      expect(runs).toEqual(bodies.map((body) => ({ status: 200, body })));
    },
  },
  {
    id: "R11",
    title: "takes and returns arrays",
    upload: { code: `def main(args)\n  args.is_a?(Array) ? args.reverse : ["a", "b"]\nend` },
    bodies: [withValue({}), withValue(["a", "b"])],
    check: ({ runs }, expect) => {
      expect(runs.map(({ body }) => body)).toEqual([
        ["a", "b"],
        ["b", "a"],
      ]);
    },
  },
  {
    title: "refuses nil, and says what it was",
    upload: { code: "def main(args)\n  args.empty? ? nil : :symbol\nend" },
    bodies: [withValue({}), withValue({ symbol: true })],
    check: ({ runs, stdout, stderr, sentinels }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: NO_DICTIONARY } })));
      expect(stderr).toBe(
        "Result must be an array but has type 'NilClass': \nResult must be an array but has type 'Symbol': symbol\n",
      );
      expect(stdout).toBe(`{"error":"${NO_DICTIONARY}"}\n`.repeat(2));
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    },
  },
  {
    title: "survives a result that JSON cannot carry, and says why",
    upload: { code: `def main(args)\n  { a: args.empty? ? Float::NAN : "\\xff" }\nend` },
    bodies: [withValue({}), withValue({ bytes: true })],
    check: ({ runs, stderr }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: RUN_FAILED } })));
      expect(stderr).toMatch(/NaN not allowed in JSON[^]*partial character in source/);
    },
  },
  {
    title: "takes values that are nested deeply",
    upload: { code: "def main(args) = args" },
    bodies: [withValue(nested(150))],
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: nested(150) }),
  },
  {
    title: "remembers what the action remembers",
    upload: { code: "def main(args)\n  $n = ($n || 0) + 1\n  { n: $n }\nend" },
    bodies: [{}, {}],
    check: ({ runs }, expect) => expect(runs.map(({ body }) => body)).toEqual([{ n: 1 }, { n: 2 }]),
  },
];

const failureCases: readonly Case[] = [
  {
    id: "R1",
    title: "says what does not parse",
    upload: { code: '10 PRINT "Hello!"\n20 GOTO 10' },
    bodies: [],
    check: refused(exactly(NOT_PARSED), /main\.rb:1: syntax error/),
  },
  {
    id: "R2",
    title: "answers an exception as a failure, with its trace in the log",
    upload: { code: `def main(args)\n  raise Exception, "nooooo"\nend` },
    bodies: [{}, {}],
    check: ({ runs, stdout, stderr, sentinels }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: RUN_FAILED } })));
      expect(stderr).toMatch(/^\S*main\.rb:2:in `main': nooooo \(Exception\)\n\S*main\.rb:2/);
      expect(stdout).toBe(`{"error":"${RUN_FAILED}"}\n`.repeat(2));
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    },
  },
  {
    id: "R4",
    title: "answers an error in the language as a failure",
    upload: { code: `def main(args)\n  eval "class ENV\\nend"\n  {}\nend` },
    check: ({ runs, stderr }, expect) => {
      expect(runs[0]).toEqual({ status: 502, body: { error: RUN_FAILED } });
      expect(stderr).toContain("TypeError");
    },
  },
  {
    title: "answers an action that exits as a failure, and goes on",
    upload: { code: `def main(args)\n  exit(1) if args["exit"]\n  { "it" => "works" }\nend` },
    bodies: [withValue({ exit: true }), withValue({})],
    check: ({ runs }, expect) => {
      expect(runs).toEqual([
        { status: 502, body: { error: RUN_FAILED } },
        { status: 200, body: { it: "works" } },
      ]);
    },
  },
  {
    title: "ends with an action that ends its process",
    upload: { code: "def main(args) = Process.kill(:KILL, $$)" },
    bodies: [{}, {}],
    check: ({ runs }, expect) => {
      expect(runs).toEqual([
        { status: 400, body: { error: "command exited" } },
        { status: 500, body: { error: "no action defined yet" } },
      ]);
    },
  },
  {
    title: "shows what was raised at load",
    upload: { code: `require "nothing_of_the_kind"` },
    bodies: [],
    check: refused(
      /^Invalid Ruby Code: method checking failed \/ {2}\/ [^]*nothing_of_the_kind/,
      /cannot load such file -- nothing_of_the_kind \(LoadError\)/,
    ),
  },
  {
    title: "refuses an action that exits at load",
    upload: { code: "exit 1" },
    bodies: [],
    check: refused(/^Invalid Ruby Code: method checking failed \/ /, /SystemExit/),
  },
  {
    title: "refuses an entry point that is not there",
    upload: { code: "def niam(args) = args" },
    bodies: [],
    check: refused(/^Invalid Ruby Code: method checking failed \/ /, /undefined method `main' for/),
  },
];

function surroundingsCases(without: string | undefined): Case[] {
  return [
    {
      id: "R6",
      title: "has the gems of upstream's image",
      skip: without,
      limitMs: LIBRARIES_LIMIT_MS,
      upload: {
        code: `require "active_support/all"
require "mechanize"
require "jwt"
def main(args)
  { it: Mechanize.new.respond_to?(:get), days: 3.days.to_i, token: JWT.encode({ a: 1 }, "key", "HS256").count(".") }
end`,
      },
      check: ({ runs }, expect) => {
        expect(runs[0]).toEqual({ status: 200, body: { it: true, days: 259_200, token: 2 } });
      },
    },
    {
      id: "R7",
      title: "takes a large source",
      upload: { code: `${ECHO}\n# ${"x".repeat(LARGE_SOURCE_BYTES)}` },
      check: works,
    },
    {
      title: "prints at load into the first activation's log",
      upload: { code: `puts ENV["X"]\ndef main(args) = {}`, env: { X: "x marks" } },
      check: ({ stdout, sentinels }, expect) => {
        expect(stdout).toBe("x marks\n");
        expect(sentinels).toEqual(ONE_PAIR);
      },
    },
    {
      title: "accepts context that is no text",
      upload: { code: `def main(args) = { it: ENV["__OW_DEADLINE"] }` },
      bodies: [{ value: {}, deadline: 17 }],
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "17" }),
    },
    {
      title: "ends the last line of output before the sentinel",
      upload: {
        code: `require "stringio"\ndef main(args)\n  print "out"\n  $stderr << "err"\n  $stdout = StringIO.new\n  {}\nend`,
      },
      bodies: [{}, {}],
      check: ({ stdout, stderr, sentinels }, expect) => {
        expect({ stdout, stderr }).toEqual({ stdout: "out\nout\n", stderr: "err\nerr\n" });
        expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
      },
    },
    {
      title: "gives what it starts an empty input, and no way to forge an answer",
      upload: { code: `def main(args) = { fds: \`cat; ls /proc/self/fd\`.split.select { _1.to_i < 10 } }` },
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ fds: ["0", "1", "2", "3"] }), // 3 is the folder listed
    },
    {
      title: "has none of the launcher's own environment",
      upload: { code: `def main(args) = { it: ENV.keys.grep(/^MERINGUE/) }` },
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: [] }),
    },
    {
      title: "reads files as UTF-8",
      upload: { code: `def main(args) = { it: [Encoding.default_external.name, File.read(__FILE__)[-1]] }\n# ❄` },
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: ["UTF-8", "❄"] }),
    },
  ];
}

function nested(levels: number): object {
  return levels === 0 ? {} : { inside: nested(levels - 1) };
}
