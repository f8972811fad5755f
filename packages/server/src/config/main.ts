/** `meringue config [flags]`: prints the settings in force as JSON, the secrets left out. */
import { helpText } from "./help.ts";
import { BadConfig, readCommandLine } from "./read-config.ts";
import { serverVersion } from "./version.ts";

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
      console.log(JSON.stringify({ ...line.config, parameterKeys: "…", controllerPassword: "…" }, undefined, 2));
      break;
  }
} catch (error) {
  if (!(error instanceof BadConfig)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
