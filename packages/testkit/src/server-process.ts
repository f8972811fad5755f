import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sharedServer } from "./shared-server.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** A whole server in a process of its own. */
export interface ServerProcess {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** `uuid:key` of the namespace guest. */
  readonly guestKey: string;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** All it has printed so far. */
  output(): string;
  /** Asks it to stop, and waits until it has. @returns its exit code. */
  stop(): Promise<number | null>;
  /** Ends it without a chance to do anything. */
  kill(): Promise<void>;
  /** Stops it and deletes its data folder. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerProcessOptions {
  /** Kept when the server ends, so that another can be started on it; a temporary one otherwise. */
  readonly dataDir?: string;
  /** More flags. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const READY = /^ready: (http:\/\/\S+)$/m;
const AUTH = /^wsk property set --auth (\S+)$/m;
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a server on a free port of this machine, from this checkout; or gives the one that `MERINGUE_TEST_SERVER` names,
 * see {@link sharedServer}. @throws Error with its output when it does not get ready. */
export async function startServer(options: ServerProcessOptions = {}): Promise<ServerProcess> {
  const shared = sharedServer();
  if (shared !== undefined) return shared;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "meringue-")));
  const [run, main] = [join(ROOT, "scripts/run.mjs"), "packages/server/src/main.ts"]; // as `npm start` does
  const flags = ["--port", "0", "--data-dir", dataDir, "--log-level", "warn", ...(options.flags ?? [])];
  const child = spawn(process.execPath, [run, main, ...flags], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  let text = "";
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      text += `${line}\n`;
      if (READY.test(line)) ready.resolve();
    });
  }
  child.once("exit", (code, signal) => ready.reject(new Error(`the server ended (${code ?? signal}):\n${text}`)));
  const timer = setTimeout(() => ready.reject(new Error(`the server did not get ready:\n${text}`)), START_TIMEOUT_MS);
  try {
    await ready.promise;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return {
    url: READY.exec(text)?.[1] ?? "",
    guestKey: AUTH.exec(text)?.[1] ?? "",
    dataDir,
    child,
    output: () => text,
    stop: () => end("SIGTERM"),
    kill: async () => {
      await end("SIGKILL");
    },
    async [Symbol.asyncDispose]() {
      await end("SIGTERM");
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}
