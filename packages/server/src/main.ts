/** `meringue standalone [flags]`: everything in one process. */
import { SecretFileUnusable, StoreUnusable, VaultMismatch } from "@meringue/sqlite";
import { pino } from "pino";
import type { Config } from "./config/config.ts";
import { helpText } from "./config/help.ts";
import { BadConfig, readCommandLine } from "./config/read-config.ts";
import { serverVersion } from "./config/version.ts";
import { NoContainers } from "./container-runtimes.ts";
import { UnusableManifest } from "./manifest-file.ts";
import { onParentGone } from "./parent-watch.ts";
import { startStandalone } from "./standalone.ts";

const STDERR = 2;

async function main(): Promise<void> {
  const line = readCommandLine(process.argv.slice(2), process.env);
  switch (line.kind) {
    case "help":
      process.stdout.write(helpText());
      return;
    case "version":
      console.log(serverVersion());
      return;
    case "config":
      await serve(line.config);
  }
}

async function serve(config: Config): Promise<void> {
  const logger = pino({ level: config.logLevel }, pino.destination({ fd: STDERR, sync: true }));
  const stopAsked = Promise.withResolvers<string>();
  let asked = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(1); // somebody cannot wait: containers end with their parent
      asked = true;
      stopAsked.resolve(signal);
    });
  }
  onParentGone(() => stopAsked.resolve("the parent process is gone"));

  const server = await startStandalone(config, logger);
  process.stdout.write(server.banner);
  const why = await Promise.race([stopAsked.promise, server.disabled.then(() => "POST /disable")]);
  logger.info({ why }, "stopping");
  await server.close();
  logger.info("stopped");
}

const MENDABLE = [BadConfig, NoContainers, UnusableManifest, StoreUnusable, SecretFileUnusable, VaultMismatch];

/** What the operator can mend is told in a sentence; anything else is a bug and shows its stack. */
function isOperatorsMatter(error: unknown): error is Error {
  if (MENDABLE.some((kind) => error instanceof kind)) return true;
  return (
    error instanceof Error &&
    ["EADDRINUSE", "EACCES", "EADDRNOTAVAIL"].includes((error as NodeJS.ErrnoException).code ?? "")
  );
}

try {
  await main();
} catch (error) {
  if (!isOperatorsMatter(error)) throw error;
  process.stderr.write(`meringue: ${error.message}\n`);
  process.exitCode = error instanceof BadConfig ? 2 : 1;
}
