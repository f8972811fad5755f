/** `meringue nginx [flags]`: prints the configuration of nginx for the controllers that the settings name. */
import type { Config } from "../config/config.ts";
import { helpText } from "../config/help.ts";
import { BadConfig, readCommandLine } from "../config/read-config.ts";
import { serverVersion } from "../config/version.ts";
import { nginxConfig } from "./nginx-config.ts";

const MISTAKEN = 2;

/** @throws BadConfig */
function configOf({ controllers, tlsCertificate, tlsKey, cliFolder, webHost }: Config): string {
  if ((tlsCertificate === undefined) !== (tlsKey === undefined)) {
    throw new BadConfig(["--tls-certificate and --tls-key go together"]);
  }
  const tls =
    tlsCertificate === undefined || tlsKey === undefined ? {} : { tls: { certificate: tlsCertificate, key: tlsKey } };
  return nginxConfig({
    controllers: controllers.split(","),
    listen: { http: "80", ...("tls" in tls ? { https: "443" } : {}) },
    ...tls,
    ...(cliFolder === undefined ? {} : { cliFolder }),
    ...(webHost === undefined ? {} : { webHost }),
  });
}

try {
  const line = readCommandLine(process.argv.slice(2), process.env);
  if (line.kind === "help") process.stdout.write(helpText());
  else if (line.kind === "version") console.log(serverVersion());
  else process.stdout.write(configOf(line.config));
} catch (error) {
  if (!(error instanceof BadConfig)) throw error;
  console.error(error.message);
  process.exitCode = MISTAKEN;
}
