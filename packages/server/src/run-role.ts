import { SecretFileUnusable, StoreUnusable, VaultMismatch } from "@meringue/sqlite";
import { pino } from "pino";
import type { Config } from "./config/config.ts";
import { helpText } from "./config/help.ts";
import { BadConfig, readCommandLine } from "./config/read-config.ts";
import { serverVersion } from "./config/version.ts";
import { NoContainers } from "./container-runtimes.ts";
import { closeInheritedDescriptors } from "./descriptors.ts";
import { UnusableManifest } from "./manifest-file.ts";
import { onParentGone } from "./parent-watch.ts";
import type { RunningServer } from "./standalone.ts";

const STDERR = 2;
/** A Ctrl-C comes twice under npm, from the terminal and from npm: within this time it is one, in milliseconds. */
const SAME_SIGNAL_MS = 1_000;

/** Starts a process of one role. */
export type StartRole = (config: Config, logger: pino.Logger) => Promise<RunningServer>;

/** What the program of a role does with its words: serves until it is told to stop, and ends the process with a code that says why. */
export async function runRole(start: StartRole): Promise<void> {
  try {
    await answerLine(start);
  } catch (error) {
    if (!isOperatorsMatter(error)) throw error;
    process.stderr.write(`meringue: ${error.message}${adviceFor(error)}\n`);
    process.exitCode = error instanceof BadConfig ? 2 : 1;
  }
}

async function answerLine(start: StartRole): Promise<void> {
  const line = readCommandLine(process.argv.slice(2), process.env);
  switch (line.kind) {
    case "help":
      process.stdout.write(helpText());
      return;
    case "version":
      console.log(serverVersion());
      return;
    case "config":
      await serve(start, line.config);
  }
}

async function serve(start: StartRole, config: Config): Promise<void> {
  closeInheritedDescriptors();
  const logger = pino({ level: config.logLevel }, pino.destination({ fd: STDERR, sync: true }));
  const stopAsked = Promise.withResolvers<string>();
  let started = false;
  stopOnSignals((signal) => {
    if (!started) process.exit(1); // nothing was accepted yet; containers end with their parent
    stopAsked.resolve(signal);
  });
  onParentGone(() => stopAsked.resolve("the parent process is gone"));

  const server = await start(config, logger);
  started = true;
  process.stdout.write(server.banner);
  const why = await Promise.race([stopAsked.promise, server.disabled.then(() => "POST /disable")]);
  logger.info({ why }, "stopping");
  await server.close();
  logger.info("stopped");
}

/** The first signal asks for an orderly end; a later one means that somebody cannot wait for it. */
function stopOnSignals(stop: (why: string) => void): void {
  let firstAt: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (firstAt !== undefined && now - firstAt > SAME_SIGNAL_MS) process.exit(1); // containers end with their parent
      firstAt ??= now;
      stop(signal);
    });
  }
}

const MENDABLE = [BadConfig, NoContainers, UnusableManifest, StoreUnusable, SecretFileUnusable, VaultMismatch];
/** Told by name: its package is not loaded where it is not used. */
const MENDABLE_NAMES = ["CouchUnusable", "KafkaUnusable", "ConsulUnusable"];

/** What the operator can mend is told in a sentence; anything else is a bug and shows its stack. */
function isOperatorsMatter(error: unknown): error is Error {
  if (MENDABLE.some((kind) => error instanceof kind)) return true;
  if (error instanceof Error && MENDABLE_NAMES.includes(error.name)) return true;
  // What the system refused: a port that is taken, a name that is none, a folder that is a file or full.
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === "string";
}

function adviceFor(error: NodeJS.ErrnoException): string {
  return error.code === "EADDRINUSE" ? "; take another with --port, or a free one with --port 0" : "";
}
