import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUN = join(ROOT, "scripts/run.mjs");
const READY = /^ready: (http:\/\/\S+)$/m;
const START_TIMEOUT_MS = 90_000;

/** A controller or an invoker in a process of its own. It ends with this process. */
export interface RoleProcess {
  /** `controller0`. */
  readonly name: string;
  /** Where it listens; stays the same when it is started again. */
  readonly url: string;
  readonly pid: number | undefined;
  /** All it has printed so far, since it was started first. */
  output(): string;
  /** Starts it, on the same data, unless it runs. @throws Error with what it printed when it does not get ready */
  start(): Promise<void>;
  /** Asks it to stop, and waits until it has. @returns its exit code. */
  stop(): Promise<number | null>;
  /** Ends it without a chance to do anything. */
  kill(): Promise<void>;
  /** Stops its clock. */
  freeze(): void;
  thaw(): void;
}

export interface RoleProcessOptions {
  readonly name: string;
  /** Program of the role, in `packages/server/src`. */
  readonly program: string;
  readonly url: string;
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A process that is not started yet. */
export function roleProcess({ name, program, url, flags, env }: RoleProcessOptions): RoleProcess {
  let child: ChildProcess | undefined;
  let text = "";

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null)
      return running?.exitCode ?? null;
    const exited = once(running, "exit");
    running.kill(signal);
    await exited;
    return running.exitCode;
  };
  return {
    name,
    url,
    get pid() {
      return child?.pid;
    },
    output: () => text,
    async start() {
      if (child !== undefined && child.exitCode === null && child.signalCode === null) return;
      // the channel closes when this process dies: then it stops too
      const started = spawn(process.execPath, [RUN, join("packages/server/src", program), ...flags], {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        env: { ...process.env, ...env },
      });
      child = started;
      const ready = Promise.withResolvers<void>();
      for (const stream of [started.stdout, started.stderr]) {
        createInterface({ input: stream as NodeJS.ReadableStream }).on("line", (line) => {
          text += `${line}\n`;
          if (READY.test(line)) ready.resolve();
        });
      }
      started.once("exit", (code, signal) => ready.reject(new Error(`${name} ended (${code ?? signal}):\n${text}`)));
      const timer = setTimeout(() => ready.reject(new Error(`${name} did not get ready:\n${text}`)), START_TIMEOUT_MS);
      await ready.promise.finally(() => clearTimeout(timer));
    },
    stop: () => end("SIGTERM"),
    kill: async () => void (await end("SIGKILL")),
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
  };
}
