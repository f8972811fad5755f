import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, onTestFinished, test } from "vitest";

const PROGRAM = new URL("watched-program.ts", import.meta.url).pathname;

describe("a store under `node --watch`", () => {
  test("opens, although the worker also reports what it imports", async ({ expect }) => {
    const folder = await mkdtemp(join(tmpdir(), "meringue-watch-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const child = spawn(process.execPath, ["--watch", PROGRAM, folder], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGTERM"));

    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.startsWith("Completed") || line.startsWith("Failed")) break;
    }
    expect(lines[0]).toBe("opened");
  });
});
