import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, test } from "vitest";
import { readCommandLine } from "./src/command-line.ts";

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
/** Half a minute is usual; other tests run at the same time. */
const LIMIT_MS = 240_000;

describe("npm run bench", () => {
  test("--quick runs every scenario that this machine can run", { timeout: LIMIT_MS }, async ({ expect }) => {
    const { stdout } = await run(process.execPath, [MAIN, "--quick"], { timeout: LIMIT_MS });
    expect(stdout).not.toContain("failed:");
    for (const goal of [
      "G1",
      "G3",
      "G5",
      "G7",
      "G10",
      "G11",
      "G13",
      "G14",
      "G16",
      "G18",
      "G20",
      "G22",
      "fan",
      "entities",
      "placed",
      "warmth",
      "spread",
    ]) {
      expect(stdout, goal).toMatch(new RegExp(`^  ${goal} .*\\d`, "m"));
    }
  });

  test("--quick languages calls actions of several languages", { timeout: LIMIT_MS }, async ({ expect }) => {
    const { stdout } = await run(process.execPath, [MAIN, "--quick", "languages"], { timeout: LIMIT_MS });
    expect(stdout).not.toContain("a call failed");
    for (const figure of ["cold", "cold again at once", "stem cell", "warm", "memory of an idle container"]) {
      expect(stdout, figure).toMatch(new RegExp(`^ +nodejs, sandbox, ${figure}.* \\d`, "m"));
    }
  });

  test("an unknown scenario or flag is refused, with how it is used", async ({ expect }) => {
    const outcome = run(process.execPath, [MAIN, "nonsense"]);
    await expect(outcome).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no such scenario: nonsense"),
    });
    expect(() => readCommandLine(["--nonsense"])).toThrow("--nonsense");
    expect(() => readCommandLine(["--rounds", "many"])).toThrow("--rounds: many is not a number above 0");
    expect(() => readCommandLine(["--target", "http://127.0.0.1"])).toThrow("go together");
  });
});
