/**
 * `meringue config [flags]`: prints the settings in force as JSON, the secrets left out.
 * `meringue config check [flags]`: prints each of them with where it came from.
 */
import { checkedLines, strangeVariables } from "./check.ts";
import type { Config } from "./config.ts";
import { helpText } from "./help.ts";
import { nearest } from "./nearest.ts";
import { BadConfig, readCommandLine, readWithSources } from "./read-config.ts";
import { serverVersion } from "./version.ts";

const MISTAKEN = 2;

function withoutSecrets({ couch, cluster, ...config }: Config): object {
  const { kafka, consul } = cluster;
  return {
    ...config,
    couch: { ...couch, server: masked(couch.server, "password") },
    cluster: {
      kafka: { ...kafka, ...(kafka.sasl === undefined ? {} : { sasl: masked(kafka.sasl, "password") }) },
      consul: masked(consul, "token"),
    },
    parameterKeys: "…",
    controllerPassword: "…",
  };
}

function masked(settings: object, key: string): object {
  return key in settings ? { ...settings, [key]: "…" } : settings;
}

function check(flags: readonly string[]): void {
  const strange = strangeVariables(process.env, nearest);
  for (const line of checkedLines(readWithSources(flags, process.env))) console.log(line);
  for (const line of strange) console.error(line);
  if (strange.length > 0) process.exitCode = MISTAKEN;
}

function print(words: readonly string[]): void {
  const line = readCommandLine(words, process.env);
  switch (line.kind) {
    case "help":
      process.stdout.write(helpText());
      break;
    case "version":
      console.log(serverVersion());
      break;
    case "config":
      console.log(JSON.stringify(withoutSecrets(line.config), undefined, 2));
  }
}

try {
  const words = process.argv.slice(2);
  if (words[0] === "check") check(words.slice(1));
  else print(words);
} catch (error) {
  if (!(error instanceof BadConfig)) throw error;
  console.error(error.message);
  process.exitCode = MISTAKEN;
}
