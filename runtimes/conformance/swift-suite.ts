import { zip } from "./archives.ts";
import { buildConformance } from "./build-suite.ts";
import { type Case, caseSuite, errorOf } from "./cases.ts";
import { commonConformance } from "./common-suite.ts";
import { LOOP_SCRIPT, loopConformance } from "./loop-suite.ts";
import { rememberingBuilds } from "./remembered-builds.ts";
import { SWIFT_ANY, SWIFT_CODABLE, swiftAction } from "./swift-samples.ts";
import { type StartTarget, type Upload, withValue } from "./target.ts";

/** A compiler that takes seconds, while the others of a table do the same beside it. */
const BUILD_LIMIT_MS = 240_000;

/** What actions of the swift kinds rely on. */
export function swiftConformance(name: string, building: StartTarget): void {
  const start = rememberingBuilds(building);
  commonConformance(name, start, SWIFT_ANY, BUILD_LIMIT_MS);
  const cases = [...typedCases, ...archiveCases].map((row) => ({ limitMs: BUILD_LIMIT_MS, ...row }));
  caseSuite(`${name}, for source,`, start, cases);
  loopConformance(name, start, {
    image: "swift",
    logsInitErrors: false,
    broken: { code: "func main(args: Any) -> Any { nonsense" },
    complaint: "main.swift:1:",
    exits: { code: swiftAction('  fatalError("no more")') },
    left: {
      code: swiftAction('  return ["left": ProcessInfo.processInfo.environment["LEFT"] as Any? ?? NSNull()]'),
    },
    limitMs: BUILD_LIMIT_MS,
  });
  buildConformance(name, start, {
    sources: { "one file": { code: swiftAction("  return args") } },
    precompiled: { code: LOOP_SCRIPT },
    limitMs: BUILD_LIMIT_MS,
  });
}

/** One action of several signatures would be refused, since none of them is called otherwise. */
function answers(title: string, code: string, body: unknown, value: unknown = { name: "❄❄" }): Case {
  return {
    title,
    upload: { code },
    bodies: [withValue(value)],
    check: ({ init, runs, stderr }, expect) => {
      expect([init.status, runs[0]]).toEqual([200, { status: 200, body }]);
      expect(stderr).toBe("");
    },
  };
}

const typedCases: readonly Case[] = [
  answers("takes and returns types of its own", SWIFT_CODABLE.async, { count: 2 }),
  answers("calls a function that answers by a callback", SWIFT_CODABLE.callback, { count: 2 }),
  answers("calls one that takes nothing but a callback", SWIFT_CODABLE.callbackAlone, { count: 7 }),
  answers("passes an error of a callback on", SWIFT_CODABLE.failingCallback, {
    error: 'Action handler callback returned an error: not "today"',
  }),
  answers("says that a callback got neither", SWIFT_CODABLE.emptyCallback, {
    error: "Action handler callback did not return response or error.",
  }),
  {
    title: "says what argument is not of the type",
    upload: { code: SWIFT_CODABLE.async },
    bodies: [withValue({ name: 7 }), withValue({ name: "again" })],
    check: ({ runs }, expect) => {
      expect(errorOf(runs[0])).toMatch(/^JSONDecoder failed to decode JSON string {"name":7} to Codable type: /);
      expect(runs[1]).toEqual({ status: 200, body: { count: 5 } });
    },
  },
  {
    title: "awaits an async function, and passes on what it throws",
    upload: { code: SWIFT_CODABLE.asyncAny },
    bodies: [withValue({ a: "/" }), withValue({ fail: true })],
    check: ({ runs }, expect) => {
      expect(runs[0]).toEqual({ status: 200, body: { a: "/" } });
      expect(errorOf(runs[1])).toMatch(/^Failed to execute action handler with error: ./);
    },
  },
  {
    title: "says that a result is no JSON, and takes an error for a result",
    upload: { code: swiftAction('  return (args as! [String: Any])["text"] ?? ["error": "sorry"]') },
    bodies: [withValue({ text: "x" }), withValue({})],
    check: ({ runs }, expect) =>
      expect(runs.map(({ body }) => body)).toEqual([
        { error: "Error serializing JSON, data does not appear to be valid JSON" },
        { error: "sorry" },
      ]),
  },
];

function archive(files: Readonly<Record<string, string>>, env?: Upload["env"]): Promise<Upload> {
  return zip(files).then((code) => ({ code, binary: true, main: "main", ...(env !== undefined && { env }) }));
}

const GREETING = `struct Greeting { let name: String; var text: String { "Hello \\(name)!" } }\n`;
const GREETS = swiftAction(
  '  let name = (args as! [String: Any])["name"] as? String ?? "stranger"\n  return ["greeting": Greeting(name: name).text]',
);
const PACKAGE = `// swift-tools-version:5.7
import PackageDescription
let package = Package(
  name: "Action",
  products: [.executable(name: "Action", targets: ["Action"])],
  targets: [.executableTarget(name: "Action", path: "Sources")]
)
`;

function greets(title: string, upload: Promise<Upload>): Case {
  return {
    title,
    upload,
    check: ({ init, runs }, expect) => {
      expect(init).toEqual({ status: 200, body: { ok: true } });
      expect(runs[0]).toEqual({ status: 200, body: { greeting: "Hello stranger!" } });
    },
  };
}

const archiveCases: readonly Case[] = [
  greets("takes an archive of sources", archive({ "main.swift": GREETS, "greeting.swift": GREETING })),
  greets(
    "takes a package",
    archive({ "Package.swift": PACKAGE, "Sources/main.swift": GREETS, "Sources/Greeting.swift": GREETING }),
  ),
  {
    title: "compiles calls of the platform",
    upload: {
      code: swiftAction('  return Whisk.invoke(actionNamed: "/guest/other", withParameters: ["a": 1])'),
    },
    // nobody is there
    check: ({ init, runs }, expect) => {
      expect(init.status).toBe(200);
      expect(errorOf(runs[0])).toBe("Invalid URL");
    },
  },
  {
    title: "refuses an archive without an entry point",
    upload: archive({ "other.swift": GREETING }),
    bodies: [],
    check: ({ init }, expect) => {
      expect(init.status).toBe(502);
      expect(errorOf(init)).toContain("Zipped actions must contain");
    },
  },
];
