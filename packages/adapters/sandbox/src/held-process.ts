import { type ChildProcess, spawn } from "node:child_process";
import { lastLine, ToolFailed, toolEnv } from "./host-tools.ts";
import { signal } from "./process-tree.ts";

/** Host processes that live as long as the first one's standard input is open, so that they end with us however we end. */
export interface HeldProcess {
  readonly pid: number;
  /** Ends them. @returns when the first has ended. Idempotent. */
  letGo(): Promise<void>;
}

/**
 * Starts one and waits until it prints its first line.
 * @param extra a further descriptor that closes when we end, given to the program as number 3
 * @throws ToolFailed when it ends or stays silent for 10 seconds
 */
export async function holdProcess(argv: readonly string[], extra: "none" | "pipe" = "none"): Promise<HeldProcess> {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe", ...(extra === "pipe" ? (["pipe"] as const) : [])],
    env: toolEnv(),
    detached: true, // a group of its own, which a Ctrl-C in our terminal is not meant for
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  child.stdin?.on("error", () => undefined); // it has ended, which `ended` tells
  await firstLine(child, program);
  return {
    pid: child.pid ?? 0,
    async letGo() {
      endGroup(child);
      await ended;
      for (const end of [child.stdin, child.stdio[3]]) end?.destroy();
    },
  };
}

/** The whole group, led by the process that we started: some of these programs leave a child behind when they fail. */
function endGroup(child: ChildProcess): void {
  if (child.pid !== undefined) signal(-child.pid, "SIGKILL");
}

function firstLine(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let complaint = "";
    const fail = (what: string): void => {
      endGroup(child);
      reject(new ToolFailed(`${program}: ${lastLine(complaint) || what}`));
    };
    const deadline = setTimeout(() => fail("no answer within 10 seconds"), 10_000);
    const done = (work: () => void) => (): void => {
      clearTimeout(deadline);
      work();
    };
    child.once(
      "error",
      done(() => fail("could not be started")),
    );
    child.once(
      "exit",
      done(() => fail("ended at once")),
    );
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-1000);
    });
    child.stdout?.once("data", done(resolve));
    child.stdout?.resume();
  });
}
