import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";

const LIMIT_MS = 120_000;
/** What the launcher uses: nine processes need not compile the same files. */
const COMPILED = join(import.meta.dirname, "../../../../node_modules/.cache/compile");
/** Runtimes' files are gathered there once for all tests. */
const dataDir = mkdtempSync(join(tmpdir(), "meringue-run-data-"));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly result: unknown;
  readonly out: string;
  readonly err: string;
}

/** @param finished of the test, since several run at a time */
function fileWith(name: string, text: string, finished: (undo: () => void) => void): string {
  const folder = mkdtempSync(join(tmpdir(), "meringue-run-"));
  finished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Starts `meringue run` in a process of its own. Its standard input is empty, unless given. */
function start(words: readonly string[], input = ""): { child: ChildProcess; ended: Promise<Ended> } {
  const settings = { MERINGUE_DATA_DIR: dataDir, MERINGUE_CONTAINERS: "sandbox", NODE_COMPILE_CACHE: COMPILED };
  const env = { ...process.env, ...settings };
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...words], { env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code) => {
      const result: unknown = out.startsWith("{") ? JSON.parse(out) : undefined;
      resolve({ code, result, out, err });
    });
  });
  return { child, ended };
}

function run(words: readonly string[], input?: string): Promise<Ended> {
  return start(words, input).ended;
}

const ECHO = `function main(given) {
  console.log("out", given.name);
  console.error("err");
  return { given, key: process.env.KEY, api: process.env.__OW_API_HOST !== undefined, secret: process.env.__OW_API_KEY };
}`;

describe.concurrent("meringue run", { timeout: LIMIT_MS }, () => {
  test("gives an action its parameters and environment, prints its result, and apart from it what it prints", async ({
    expect,
    onTestFinished,
  }) => {
    const words = [fileWith("echo.js", ECHO, onTestFinished), "-p", "name=Ada", "--env", "KEY=value"];
    const { code, result, err } = await run(words, '{"name":"nobody","n":1}');
    expect([code, result]).toEqual([0, { given: { name: "Ada", n: 1 }, key: "value", api: true }]);
    expect(err.split("\n").filter((line) => /^(out|err)/.test(line))).toEqual(["out Ada", "err"]);
  });

  test("ends with the code of what came of it", async ({ expect, onTestFinished }) => {
    const failing = run([fileWith("fail.js", 'const main = () => ({ error: "no" })', onTestFinished)]);
    const broken = run([fileWith("broken.js", "function main( {", onTestFinished)]);
    const slow = run([fileWith("slow.js", "const main = () => new Promise(() => {})", onTestFinished), "-t", "200"]);
    expect(await failing).toMatchObject({ code: 1, result: { error: "no" } });
    expect((await broken).code).toBe(2);
    expect(await slow).toMatchObject({
      code: 2,
      result: { error: expect.stringMatching(/^The action exceeded its time limits of 200 milliseconds/) as string },
    });
  });

  test("prints the whole record, and takes the code from the standard input", async ({ expect }) => {
    const { code, result } = await run(["-", "--kind", "nodejs", "-b", "-l", "1"], ECHO);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      namespace: "guest",
      name: "action",
      response: { status: "success", result: { given: {} } },
      logs: [expect.stringMatching(/ stdout: out undefined$/), expect.stringMatching(/ stderr: err$/)],
      annotations: expect.arrayContaining([
        { key: "limits", value: expect.objectContaining({ logs: 1 }) as object },
      ]) as object,
    });
  });

  test("runs a program as the server does", async ({ expect, onTestFinished }) => {
    const program = fileWith("hello", '#!/bin/sh\necho "{\\"given\\": $1}"\n', onTestFinished);
    expect(await run([program, "-p", "n=1"])).toMatchObject({ code: 0, result: { given: { n: 1 } } });
  });

  test("stops what runs when it is told to, and leaves nothing behind", async ({ expect, onTestFinished }) => {
    const slow = fileWith(
      "slow.js",
      'const main = () => { console.log("here"); return new Promise(() => {}) }',
      onTestFinished,
    );
    const { child, ended } = start([slow]);
    await new Promise<void>((resolve) => {
      child.stderr?.on("data", (text: string) => text.includes("here") && resolve());
    });
    const below = childrenOf(child.pid);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130, out: "" });
    expect(below.length).toBeGreaterThan(0);
    expect(below.filter(isAlive)).toEqual([]);
  });

  test("says what is wrong before anything is run", async ({ expect, onTestFinished }) => {
    const action = fileWith("a.js", ECHO, onTestFinished);
    const [missing, small] = await Promise.all([run(["/nowhere/a.js"]), run([action, "-m", "1"])]);
    expect(missing).toMatchObject({
      code: 64,
      out: "",
      err: expect.stringContaining("/nowhere/a.js cannot be read") as string,
    });
    expect(small).toMatchObject({ code: 64, out: "", err: expect.stringContaining("1 MB") as string });
  });
});

function childrenOf(pid = 0): number[] {
  if (process.platform !== "linux") return [pid];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(
      readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) \S /s, "")
        .split(" ")[0],
    );
  } catch {
    return undefined; // it ended meanwhile
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // there is no such process
  }
}
