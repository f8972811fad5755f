import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, onTestFinished, test } from "vitest";

const run = promisify(execFile);
const LIMIT_MS = 120_000;
const NATIVE = "openwhisk/dockerskeleton:latest";

describe.skipIf(process.env["DOCKER_HOST"] === undefined)("meringue run in Docker (needs DOCKER_HOST)", () => {
  test("runs an action in its image, and one in an image of its own choice", { timeout: LIMIT_MS }, async ({
    expect,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), "meringue-run-docker-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "a.js"), 'function main({ n }) { console.log("printed"); return { n: n + 1 }; }');
    writeFileSync(join(folder, "b"), '#!/bin/sh\necho "{\\"program\\": true}"\n');
    const meringue = async (...words: readonly string[]): Promise<{ result: unknown; err: string }> => {
      const env = { ...process.env, MERINGUE_DATA_DIR: join(folder, "data") };
      const started = run(process.execPath, [join(import.meta.dirname, "main.ts"), ...words], { env });
      started.child.stdin?.end();
      const { stdout, stderr } = await started;
      return { result: JSON.parse(stdout) as unknown, err: stderr };
    };

    const inItsImage = await meringue(join(folder, "a.js"), "-p", "n=1", "--containers", "docker");
    const inAnImage = await meringue("--docker", NATIVE, join(folder, "b"));

    expect(inItsImage.result).toEqual({ n: 2 });
    expect(inItsImage.err).toContain("printed\n");
    expect(inAnImage.result).toEqual({ program: true });
  });
});
