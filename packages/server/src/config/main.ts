/** `meringue config [flags]`: prints the settings in force as JSON, the secrets left out. */
import type { Config } from "./config.ts";
import { helpText } from "./help.ts";
import { BadConfig, readCommandLine } from "./read-config.ts";
import { serverVersion } from "./version.ts";

function withoutSecrets({ couch, ...config }: Config): object {
  const server = couch.server.password === undefined ? couch.server : { ...couch.server, password: "…" };
  return { ...config, couch: { ...couch, server }, parameterKeys: "…", controllerPassword: "…" };
}

try {
  const line = readCommandLine(process.argv.slice(2), process.env);
  switch (line.kind) {
    case "help":
      process.stdout.write(helpText());
      break;
    case "version":
      console.log(serverVersion());
      break;
    case "config":
      console.log(JSON.stringify(withoutSecrets(line.config), undefined, 2));
      break;
  }
} catch (error) {
  if (!(error instanceof BadConfig)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
