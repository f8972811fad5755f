import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { test } from "vitest";
import { initValue, type StartTarget, type Upload, withValue } from "./target.ts";

const run = promisify(execFile);
const EXPORT_LIMIT_MS = 120_000;
const MOST_BYTES = 100 * 1024 * 1024;

/**
 * Defines the test that an image exports what it builds, by its `-compile`, and takes it back.
 * @param source returns its argument
 */
export function exportConformance(name: string, start: StartTarget, { code, main = "main" }: Upload): void {
  test("P13: runs what its image exported with -compile", { timeout: EXPORT_LIMIT_MS }, async ({ expect }) => {
    const words = ["run", "--rm", "--interactive", "--network", "none", `meringue/${name}:latest`, "-compile", main];
    const compiling = run("docker", words, { encoding: "buffer", maxBuffer: MOST_BYTES });
    compiling.child.stdin?.end(code);
    const { stdout: archive } = await compiling;
    const target = await start();
    const init = await target.init(initValue({ code: archive.toString("base64"), binary: true }));
    const reply = await target.run(withValue({ it: "works" }));
    await target.stop();
    expect([init, reply]).toEqual([
      { status: 200, body: { ok: true } },
      { status: 200, body: { it: "works" } },
    ]);
  });
}
