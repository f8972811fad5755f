import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { end } from "./program.ts";

const RUNTIME = fileURLToPath(new URL("../../runtimes/nodejs/runtime.cjs", import.meta.url));
const FLAGS = ["--disable-warning=ExperimentalWarning", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"];
const TIMEOUT_MS = 120_000;

/**
 * Starts our nodejs runtime as a plain process, without any platform, and gives it an action and a run at once.
 * @returns milliseconds from the start of the process to the result
 */
export async function bareNodeFirstResult(code: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "meringue-bare-"));
  const started = performance.now();
  // Lines in on 4, lines out on 3, as in the sandbox.
  const child = spawn(process.execPath, [...FLAGS, RUNTIME, "--launcher", "--input-fd=4"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], MERINGUE_ACTION_DIR: folder },
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
  try {
    const input = child.stdio[4] as unknown as Writable;
    input.write(`${JSON.stringify({ init: { name: "hello", main: "main", code, binary: false, env: {} } })}\n`);
    input.write(`${JSON.stringify({ value: {}, activation_id: "first" })}\n`);
    const output = child.stdio[3];
    if (output === null || output === undefined) throw new Error("the runtime has no output");
    for await (const line of createInterface({ input: output as NodeJS.ReadableStream })) {
      if (line.startsWith("200 first ")) return performance.now() - started;
      if (!line.startsWith("200 init ")) throw new Error(`the runtime answered ${line}`);
    }
    throw new Error("the runtime ended before it answered");
  } finally {
    clearTimeout(timer);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end. @returns milliseconds */
export async function bareRun(program: string, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const child = spawn(program, args, { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
  return performance.now() - started;
}
