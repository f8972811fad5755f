import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A program of this folder that says `ready: URL` on its output. */
export interface Program extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly child: ChildProcess;
  /** From the start of the process to its line, in milliseconds. */
  readonly readyMs: number;
}

/** Starts a file of this folder. @throws Error when it ends before it is ready. */
export async function startProgram(file: string, args: readonly string[] = []): Promise<Program> {
  const started = performance.now();
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready: (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    const readyMs = performance.now() - started;
    return { url, pid: child.pid ?? 0, child, readyMs, [Symbol.asyncDispose]: () => end(child) };
  }
  throw new Error(`${file} ended before it was ready`);
}

/** Kills a process, and waits until it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}
