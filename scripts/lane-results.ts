import { matchesGlob, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What the report tells of a failed test's message. */
const MESSAGE_LINES = 12;
const LINE_CHARACTERS = 300;

/** What one lane of the gate came to. */
export interface Lane {
  readonly name: string;
  readonly exitCode: number;
  readonly seconds: number;
  readonly passed: readonly TestId[];
  readonly failed: readonly FailedTest[];
  readonly skipped: readonly TestId[];
}

/** A test, by its file (relative to the checkout) and its full name. */
export interface TestId {
  readonly file: string;
  readonly name: string;
}

/** A test that failed, and how. */
export interface FailedTest extends TestId {
  /** The beginning of its first failure. */
  readonly message: readonly string[];
}

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** A row of the table of allowed skips; `*` stands for any text. */
interface AllowedSkip {
  readonly file: string;
  readonly test: string;
}

/**
 * @param ending exit code and seconds, as .ci/run writes them
 * @param report vitest's JSON, undefined for a lane that runs no tests or did not get to write it
 */
export function laneOf(name: string, ending: string, report: string | undefined, root: string): Lane {
  const [exitCode = 1, seconds = 0] = ending.trim().split(" ").map(Number);
  const results = report === undefined ? [] : (JSON.parse(report) as Report).testResults;
  const tests = results.flatMap(({ name: path, assertionResults }) =>
    assertionResults.map(({ fullName, status, failureMessages }) => ({
      file: relative(root, path),
      name: fullName,
      status,
      message: beginning(failureMessages?.[0]),
    })),
  );
  const broken = results
    .filter(
      ({ status, assertionResults }) =>
        status === "failed" && !assertionResults.some((each) => each.status === "failed"),
    )
    .map(({ name: path, message }) => ({
      file: relative(root, path),
      name: "(the file itself)",
      message: beginning(message),
    }));
  const of = (wanted: string): FailedTest[] => tests.filter(({ status }) => status === wanted);
  return {
    name,
    exitCode,
    seconds,
    passed: of("passed"),
    failed: [...of("failed"), ...broken],
    skipped: tests.filter(({ status }) => status !== "passed" && status !== "failed"),
  };
}

/**
 * The report for people, its last line `N passed, N failed`. A lane that failed without a failed test, and a test that
 * ran in no lane without docs/testing.md saying why, count as one failure each.
 *
 * @param testingPage text of docs/testing.md
 */
export function sumUp(
  lanes: readonly Lane[],
  testingPage: string,
): { readonly lines: readonly string[]; readonly ok: boolean } {
  const ran = new Set(lanes.flatMap(({ passed, failed }) => [...passed, ...failed].map(idText)));
  const skips = new Map(lanes.flatMap(({ skipped }) => skipped.map((id) => [idText(id), id] as const)));
  const left = [...skips].filter(([text]) => !ran.has(text)).map(([, id]) => id);
  const allowed = allowedSkips(testingPage);
  const unnamed = left.filter((id) => !allowed.some((row) => fits(row, id)));
  const silent = lanes.filter(({ exitCode, failed }) => exitCode !== 0 && failed.length === 0);

  const passed = total(lanes, "passed");
  const failed = total(lanes, "failed") + unnamed.length + silent.length;
  const lines = [
    ...lanes.map(describeLane),
    ...lanes.flatMap((lane) => lane.failed.flatMap((test) => describeFailure(lane.name, test))),
    ...silent.map(({ name, exitCode }) => `FAILED: lane ${name} ended with ${exitCode}`),
    ...left.filter((id) => !unnamed.includes(id)).map((id) => `skipped, as docs/testing.md allows: ${idText(id)}`),
    ...unnamed.map((id) => `FAILED: skipped in every lane, and docs/testing.md does not say why: ${idText(id)}`),
    "",
    `${passed} passed, ${failed} failed`,
  ];
  return { lines, ok: failed === 0 };
}

/** The rows between the markers `<!-- skips -->` and `<!-- /skips -->`: file, test, reason. */
export function allowedSkips(testingPage: string): readonly AllowedSkip[] {
  const table = /<!-- skips -->(.*)<!-- \/skips -->/s.exec(testingPage)?.[1] ?? "";
  return table.split("\n").flatMap((line) => {
    const [, file, test, reason] = /^\|\s*`([^`]+)`\s*\|\s*`([^`]+)`\s*\|\s*(\S.*?)\s*\|$/.exec(line) ?? [];
    return file === undefined || test === undefined || reason === undefined ? [] : [{ file, test }];
  });
}

function fits({ file, test }: AllowedSkip, id: TestId): boolean {
  const pattern = test.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return matchesGlob(id.file, file) && new RegExp(`^${pattern.join(".*")}$`, "s").test(id.name);
}

function describeLane({ name, exitCode, seconds, passed, failed, skipped }: Lane): string {
  const tests = passed.length + failed.length + skipped.length;
  const counts = tests === 0 ? "" : ` (${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped)`;
  return `lane ${name}: ${exitCode === 0 ? "ok" : "FAILED"} in ${seconds} s${counts}`;
}

function describeFailure(lane: string, test: FailedTest): string[] {
  return [`FAILED in ${lane}: ${idText(test)}`, ...test.message.map((line) => `    ${line}`)];
}

/** The first lines of a failure without colours, and without the frames of the test runner, which tell nothing. */
function beginning(message: string | undefined): readonly string[] {
  const lines = stripVTControlCharacters(message ?? "").split("\n");
  return lines
    .filter((line) => line.trim() !== "" && !/^\s+at .*node_modules|^\s+at .*\(?node:/.test(line))
    .slice(0, MESSAGE_LINES)
    .map((line) => line.slice(0, LINE_CHARACTERS));
}

function total(lanes: readonly Lane[], key: "passed" | "failed"): number {
  return lanes.reduce((sum, lane) => sum + lane[key].length, 0);
}

function idText({ file, name }: TestId): string {
  return `${file} > ${name}`;
}
