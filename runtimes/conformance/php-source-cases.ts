import { type Case, errorOf, ONE_PAIR } from "./cases.ts";
import { ECHO, refused } from "./php-expectations.ts";
import { NO_DICTIONARY, NOT_STARTED, works } from "./proxy-expectations.ts";
import { withValue } from "./target.ts";

const LARGE_SOURCE_BYTES = 500_000;

/**
 * What a single file may look like, and what may become of it.
 * @param without which libraries of upstream's images are not here, if any
 */
export function phpSourceCases(without: string | undefined): Case[] {
  return [...resultCases, ...failureCases, ...surroundingsCases(without)];
}

const resultCases: readonly Case[] = [
  {
    id: "H3",
    title: "returns an error as a result",
    upload: { code: `<?php function main($args) { return ["error" => "sorry"]; }` },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { error: "sorry" } }),
  },
  {
    id: "H5",
    title: "returns the fields of stdClass, and what getArrayCopy() makes of an object",
    upload: {
      code: `<?php
function main(array $args) {
  $it = ["it" => "works", "list" => ["a", ["b"]]];
  return $args ? new ArrayObject($it) : (object) $it;
}`,
    },
    bodies: [withValue({}), withValue({ wrapped: true })],
    check: ({ runs }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 200, body: { it: "works", list: ["a", ["b"]] } })));
    },
  },
  {
    id: "H6",
    title: "answers null and an empty array with an empty object",
    upload: { code: `<?php function main(array $args) { return $args ? [] : null; }` },
    bodies: [withValue({}), withValue({ empty: true })],
    check: ({ runs }, expect) => expect(runs).toEqual(runs.map(() => ({ status: 200, body: {} }))),
  },
  {
    id: "H10",
    title: "makes an object of a returned list, but not of lists inside",
    upload: { code: `<?php function main(array $args) { return ["a", ["b", "c"]]; }` },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { 0: "a", 1: ["b", "c"] } }),
  },
  {
    id: "H11",
    title: "takes an array",
    upload: { code: `<?php function main(array $args) { return $args; }` },
    bodies: [withValue(["a", "b"])],
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { 0: "a", 1: "b" } }),
  },
  {
    title: "says of what type a result is that can't be returned",
    upload: { code: `<?php function main(array $args) { return $args ? new DateTime() : 42; }` },
    bodies: [withValue({}), withValue({ object: true })],
    check: ({ runs, stdout, stderr, sentinels }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: NO_DICTIONARY } })));
      expect(stderr).toContain('Result must be an array but has type "integer": 42\n');
      expect(stderr).toContain('Result must be an array but has type "object": DateTime\n');
      expect(stdout).toContain(`${NO_DICTIONARY}\n`);
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    },
  },
  {
    title: "survives a result that JSON cannot carry, and says why",
    upload: { code: `<?php function main(array $args) { return ["a" => $args ? NAN : "\\xff"]; }` },
    bodies: [withValue({}), withValue({ nan: true })],
    check: ({ runs, stderr }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: NO_DICTIONARY } })));
      expect(stderr).toMatch(/JsonException: Malformed UTF-8[^]*JsonException: Inf and NaN/);
    },
  },
  {
    title: "calls a method that main names, and keeps what it remembers",
    upload: {
      code: `<?php class Counter { static $n = 0; static function next($args) { return ["n" => ++self::$n]; } }`,
      main: "Counter::next",
    },
    bodies: [{}, {}],
    check: ({ runs }, expect) => expect(runs.map(({ body }) => body)).toEqual([{ n: 1 }, { n: 2 }]),
  },
];

const failureCases: readonly Case[] = [
  {
    id: "H1",
    title: "answers an exception as a failure, with its trace in the log",
    upload: { code: `<?php function main($args) { throw new Exception("nooooo"); }` },
    bodies: [{}, {}],
    check: ({ runs, stderr, sentinels }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error: NO_DICTIONARY } })));
      expect(stderr).toMatch(/^Exception: nooooo in .*index\.php:1\nStack trace:\n#0 /);
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    },
  },
  {
    id: "H4",
    title: "answers an error that ends PHP, and is gone then",
    upload: { code: `<?php function main($args) { eval("class Error {}"); return []; }` },
    bodies: [{}, {}],
    check: ({ runs, stderr, sentinels }, expect) => {
      expect(runs[0]).toEqual({ status: 502, body: { error: NO_DICTIONARY } });
      expect(["command exited", "no action defined yet"]).toContain(errorOf(runs[1]));
      expect(stderr).toMatch(
        /^PHP Fatal error: {2}Cannot (?:re)?declare class Error[^]*\nAn error occurred running the action\.\n/,
      );
      expect(sentinels.stderr).toBeGreaterThanOrEqual(1);
    },
  },
  {
    title: "lets no process that the action has forked answer",
    upload: {
      code: `<?php
function main($args) {
  $child = pcntl_fork();
  if ($child === 0) eval("class Error {}");
  pcntl_waitpid($child, $status);
  return ["it" => "works"];
}`,
    },
    check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { it: "works" } }),
  },
  {
    title: "ends with an action that exits",
    upload: { code: `<?php function main($args) { exit(1); }` },
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
    title: "says in the log what does not parse",
    upload: { code: '<?php\n10 PRINT "Hello!"\n20 GOTO 10' },
    bodies: [],
    check: refused(NOT_STARTED, /^PHP Parse error: {2}syntax error, unexpected .*index\.php on line 2\n$/),
  },
  {
    title: "shows what was thrown at load",
    upload: { code: `<?php\nrequire "nothing_of_the_kind.php";` },
    bodies: [],
    check: refused(
      NOT_STARTED,
      /PHP Fatal error: {2}Uncaught Error: Failed opening required 'nothing_of_the_kind.php'/,
    ),
  },
  {
    title: "says that an action exited at load",
    upload: { code: "<?php exit(1);" },
    bodies: [],
    check: refused(NOT_STARTED, "Command exited abruptly during initialization."),
  },
  {
    title: "shows what can't be compiled, though PHP ends of it",
    upload: { code: "<?php class Error {}" },
    bodies: [],
    check: refused(NOT_STARTED, /PHP Fatal error: {2}Cannot (?:re)?declare class Error/),
  },
  {
    title: "refuses an entry point that is not there",
    upload: { code: "<?php function niam($args) { return []; }" },
    bodies: [],
    check: refused(NOT_STARTED, "Call to undefined function main()"),
  },
];

function surroundingsCases(without: string | undefined): Case[] {
  return [
    {
      id: "H7",
      title: "has the libraries of upstream's images",
      skip: without,
      upload: {
        code: `<?php
use Ramsey\\Uuid\\Uuid;
function main(array $args): array {
  $client = new GuzzleHttp\\Client();
  return ["uuid" => Uuid::uuid4()->toString(), "client" => $client::class];
}`,
      },
      check: ({ runs, stderr }, expect) => {
        const uuid: unknown = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
        expect([runs[0], stderr]).toEqual([{ status: 200, body: { uuid, client: "GuzzleHttp\\Client" } }, ""]);
      },
    },
    {
      id: "H8",
      title: "takes a large source",
      upload: { code: `${ECHO}\n// ${"x".repeat(LARGE_SOURCE_BYTES)}` },
      check: works,
    },
    {
      title: "prints at load into the first activation's log, text outside of PHP included",
      upload: {
        code: `before\n<?php echo getenv("X"), "\\n"; function main($args) { return []; }`,
        env: { X: "x marks" },
      },
      check: ({ stdout, sentinels }, expect) => {
        expect(stdout).toBe("before\nx marks\n");
        expect(sentinels).toEqual(ONE_PAIR);
      },
    },
    {
      title: "logs warnings, and goes on",
      upload: { code: `<?php function main($args) { return ["it" => "works", "got" => $args["missing"]]; }` },
      check: ({ runs, stdout, stderr }, expect) => {
        expect(runs[0]).toEqual({ status: 200, body: { it: "works", got: null } });
        expect(stderr).toMatch(/^PHP Warning: {2}Undefined array key "missing" in .*index\.php on line 1\n/);
        expect(stdout.trim()).toBe("");
      },
    },
    {
      title: "does not check assertions",
      upload: { code: `<?php function main($args) { assert(false); return ["it" => "works"]; }` },
      check: works,
    },
    {
      title: "accepts context that is no text",
      upload: { code: `<?php function main($args) { return ["it" => $_ENV["__OW_DEADLINE"]]; }` },
      bodies: [{ value: {}, deadline: 17 }],
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "17" }),
    },
    {
      title: "ends the last line of output before the sentinel",
      upload: { code: `<?php function main($args) { echo "out"; fwrite(STDERR, "err"); return []; }` },
      check: ({ stdout, stderr, sentinels }, expect) => {
        expect({ stdout, stderr }).toEqual({ stdout: "out\n", stderr: "err\n" });
        expect(sentinels).toEqual(ONE_PAIR);
      },
    },
    {
      title: "prints what the action holds back in a buffer",
      upload: { code: `<?php function main($args) { ob_start(); echo "out\\n"; return []; }` },
      bodies: [{}, {}],
      check: ({ stdout }, expect) => expect(stdout).toBe("out\nout\n"),
    },
    {
      title: "gives what it starts an empty input, and no way to forge an answer",
      upload: {
        code: `<?php
function main($args) {
  $targets = explode("\\n", trim(shell_exec("cat; for fd in 0 3 4 5 6 7 8 9; do readlink /proc/self/fd/\\$fd; done")));
  return ["input" => $targets[0], "talks" => count(preg_grep("/^(pipe|socket):/", $targets))];
}`,
      },
      // PHP leaves the file that it has started with open
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ input: "/dev/null", talks: 0 }),
    },
    {
      title: "has none of the launcher's own environment",
      upload: {
        code: `<?php function main($args) { return preg_grep("/^MERINGUE/", array_keys(getenv() + $_ENV + $_SERVER)); }`,
      },
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({}),
    },
    {
      title: "takes source that looks like base64",
      upload: { code: Buffer.from(ECHO).toString("base64"), binary: true },
      check: works,
    },
  ];
}

/** What holds when both log streams are pipes, as a container's are: sockets are not enough. */
export const phpPipedCases: readonly Case[] = [
  {
    title: "ends the last line of output before the sentinel, written whatever way",
    upload: { code: `<?php function main($args) { file_put_contents("php://stderr", "err"); echo "out"; return []; }` },
    bodies: [{}, {}],
    check: ({ stderr, sentinels }, expect) => {
      expect(stderr).toBe("err\nerr\n");
      expect(sentinels.stderr).toBe(2);
    },
  },
];
