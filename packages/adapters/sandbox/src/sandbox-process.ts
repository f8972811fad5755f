import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import type { LogPipes } from "./log-pipes.ts";
import { signal, treeOf } from "./process-tree.ts";
import type { SandboxTool } from "./sandbox-command.ts";

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

/** A shell in the place of a sandbox to come: in its control groups and its network, with its pipes. */
export interface ParkedShell extends SandboxProcess {
  /** Becomes the sandbox. @param line for a shell, without a line's end; see `shellLine` */
  become(line: string, onFour?: Buffer): void;
  /** False once it has ended. */
  isAlive(): boolean;
}

// Open files as Docker's default for actions. It waits for its line on descriptor 6; if that ends, so does it.
const WAIT = `nl='
'
ulimit -c 0; ulimit -n 1024 2>/dev/null
IFS= read -r line <&6 || exit 125
exec 6<&-
eval "$line"`;

/** Our ends, by descriptor of the child: 1 and 2 are pipes of our own, 5 is a file. */
type Descriptors = readonly [Writable, null, null, Readable, Writable, null, Writable];

/** What {@link parkShell} needs to know. */
export interface Parking {
  readonly sh: string;
  /** Words of a command that enter a network, put in front. */
  readonly enter: readonly string[];
  readonly pipes: LogPipes;
  readonly tool: Pick<SandboxTool, "isolates" | "fileOnFive">;
}

/**
 * Starts a shell with the descriptors that launchers expect, ahead of time.
 * @throws Error when it cannot be spawned
 */
export async function parkShell({ sh, enter, pipes, tool }: Parking): Promise<ParkedShell> {
  const [stdout, stderr] = await Promise.all([pipes.take(), pipes.take()]);
  const file = tool.fileOnFive === undefined ? undefined : openSync(tool.fileOnFive, "r");
  const words: readonly string[] = [...enter, sh, "-c", WAIT];
  const [program = "", ...args] = words;
  const child = spawn(program, args, {
    stdio: ["pipe", stdout.writeEnd, stderr.writeEnd, "pipe", "pipe", file ?? "ignore", "pipe"],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" }, // the first process inside may show it
    cwd: "/",
    detached: true, // a session of its own: our terminal is out of its reach
  });
  const ended = endOf(child);
  const running = spawned(child);
  for (const pipe of [stdout, stderr]) pipe.handedOver();
  if (file !== undefined) closeSync(file);
  await running;
  const [input, , , output, four, , line] = child.stdio as unknown as Descriptors;
  const outputs = { output, stdout: stdout.reader, stderr: stderr.reader };
  for (const stream of [input, four, line, ...Object.values(outputs)]) {
    stream.on("error", () => undefined); // the other end has gone, which `ended` tells
  }
  const pid = child.pid ?? 0;
  const isAlive = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    isAlive,
    input,
    ...outputs,
    ended,
    become(text, onFour) {
      line.end(`${text}\n`);
      four.end(onFour);
    },
    kill() {
      if (isAlive()) killFrom(pid, tool.isolates);
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
