import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Kills a process, unless it has ended or was never started. @returns when it is gone */
export async function killProcess(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}
