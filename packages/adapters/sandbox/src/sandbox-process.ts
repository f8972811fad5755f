import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import type { LogPipes } from "./log-pipes.ts";
import { signal, treeOf } from "./process-tree.ts";
import type { SandboxCommand } from "./sandbox-command.ts";

/** A sandbox that was started, seen from outside. */
export interface SandboxProcess {
  /** The process that we started; all others of the sandbox descend from it. */
  readonly pid: number;
  readonly input: Writable;
  readonly output: Readable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** When the process that we started has ended; of a sandbox, all others have by then, or are about to. */
  readonly ended: Promise<{ readonly code: number | null }>;
  /** Kills all processes; `ended` tells when. Frozen ones take note once they are thawed. */
  kill(): void;
}

/**
 * Spawns the command of a sandbox with the descriptors that launchers expect.
 * @param isolates whether the second process is the first one of a pid namespace
 * @throws Error when it cannot be spawned
 */
export async function startProcess(
  command: SandboxCommand,
  pipes: LogPipes,
  isolates: boolean,
): Promise<SandboxProcess> {
  const [stdout, stderr] = await Promise.all([pipes.take(), pipes.take()]);
  const file = command.fileOnFive === undefined ? undefined : openSync(command.fileOnFive, "r");
  const [program = "", ...args] = command.argv;
  const child = spawn(program, args, {
    stdio: ["pipe", stdout.writeEnd, stderr.writeEnd, "pipe", command.onFour ? "pipe" : "ignore", file ?? "ignore"],
    env: { ...(command.env ?? { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }) }, // the first process inside may show it
    cwd: command.folder ?? "/",
    detached: true, // a session of its own: our terminal is out of its reach
  });
  for (const pipe of [stdout, stderr]) pipe.handedOver();
  if (file !== undefined) closeSync(file);
  const ended = endOf(child);
  await spawned(child);
  feed(child, command.onFour);
  const input = child.stdin;
  const output = child.stdio[3];
  if (input === null || output === null || output === undefined) throw new Error("a pipe is missing");
  for (const stream of [input, output as Readable, stdout.reader, stderr.reader]) {
    stream.on("error", () => undefined); // the other end has gone, which `ended` tells
  }
  const pid = child.pid ?? 0;
  return {
    pid,
    input,
    output: output as Readable,
    stdout: stdout.reader,
    stderr: stderr.reader,
    ended,
    kill() {
      if (child.exitCode === null && child.signalCode === null) killFrom(pid, isolates);
    },
  };
}

function endOf(child: ChildProcess): Promise<{ code: number | null }> {
  return new Promise((resolve) => {
    child.once("exit", (code) => {
      // What stands between passes a signal on as 128 and its number.
      const bySignal = code === null || (code > 128 && code <= 128 + 64);
      resolve({ code: bySignal ? null : code });
    });
    child.once("error", () => resolve({ code: null }));
  });
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
}

function feed(child: ChildProcess, bytes: Buffer | undefined): void {
  const four = child.stdio[4];
  if (bytes === undefined || four === null || four === undefined) return;
  four.on("error", () => undefined); // it ended before it read all, which its exit tells
  (four as Writable).end(bytes);
}

/**
 * Of a pid namespace the first process is killed: when its parent, which we started, sees the end of it, the kernel
 * has ended all others. While the parent stands still it can neither fork nor take note, so no pid is reused.
 */
function killFrom(pid: number, isolates: boolean): void {
  signal(pid, "SIGSTOP");
  const below = descendants(pid);
  for (const child of below) signal(child, "SIGKILL");
  if (!isolates) signal(-pid, "SIGKILL"); // its whole group, which is all that other systems than Linux let us find
  // Outside of a namespace there is nothing to take note of; and without a child there is nothing to wait for.
  signal(pid, isolates && below.length > 0 ? "SIGCONT" : "SIGKILL");
}

function descendants(pid: number): number[] {
  return treeOf(pid)
    .map((entry) => entry.pid)
    .filter((other) => other !== pid)
    .toReversed();
}
