import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LoadResult } from "./load-client.ts";

const run = promisify(execFile);
const TICKS_PER_SECOND = 100; // of Linux, whatever the machine

/** A program that says `ready: URL` on its output. */
export interface Program {
  readonly url: string;
  readonly child: ChildProcess;
  /** From the start of the process to its line, in milliseconds. */
  readonly readyMs: number;
  stop(): Promise<void>;
}

/** Starts a file of this folder. */
export async function startProgram(file: string, args: readonly string[] = []): Promise<Program> {
  const started = performance.now();
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^ready: (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    const stop = async (): Promise<void> => {
      child.kill("SIGKILL");
      if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once("exit", done));
    };
    return { url, child, readyMs: performance.now() - started, stop };
  }
  throw new Error(`${file} ended before it was ready`);
}

/** Lets a process of its own send requests. */
export async function load(
  url: string,
  options: { connections: number; seconds: number; auth?: string; body?: string },
): Promise<LoadResult> {
  const file = fileURLToPath(new URL("load-client.ts", import.meta.url));
  const args = [
    file,
    url,
    String(options.connections),
    String(options.seconds),
    options.auth ?? "",
    options.body ?? "{}",
  ];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as LoadResult;
}

/** Processor time that a process has taken so far, in microseconds. Linux only. */
export async function cpuMicroseconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND) * 1e6;
}

/** Resident memory of a process, in mebibytes. Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
