/** `meringue runtimes [--json]`: which kinds there are, and where each would run here. No server is asked or started. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { findLaunchers } from "../../../../runtimes/catalogue.ts";
import type { Config } from "../config/config.ts";
import { BadConfig, readConfig } from "../config/read-config.ts";
import { readManifest, UnusableManifest } from "../manifest-file.ts";
import { imagesOf, listRuntimes, type Surroundings } from "./list-runtimes.ts";
import { runtimesTable } from "./runtimes-table.ts";

const USAGE = [
  "usage: meringue runtimes [--json] [--manifest FILE] [--containers auto|sandbox|docker] [--docker-socket PATH]",
  "                         [--data-dir FOLDER]",
  "",
  "Lists the kinds of the manifest, and where a server with these settings would run each on this machine:",
  "in the sandbox and with which interpreter, or in Docker and whether its image is there; or why not.",
];

async function main(argv: readonly string[]): Promise<void> {
  if (argv.includes("--help") || argv.includes("-h")) return console.log(USAGE.join("\n"));
  const config = readConfig(
    argv.filter((word) => word !== "--json"),
    process.env,
  );
  const manifest = await readManifest(config.manifestFile);
  const images = await imagesHere(config, imagesOf(manifest));
  const listing = listRuntimes(manifest, { ...(await sandboxHere(config, images)), images });
  if (argv.includes("--json")) return console.log(JSON.stringify(listing, undefined, 2));
  for (const line of runtimesTable(listing, typeof images === "string" ? images : undefined)) console.log(line);
}

/** As the server chooses; see `chooseRuntimes`. */
async function sandboxHere(
  { containers, dataDir }: Config,
  images: ReadonlySet<string> | string,
): Promise<Omit<Surroundings, "images">> {
  const used = containers !== "docker" && (process.platform === "linux" || typeof images === "string");
  if (!used) return { containers, launchers: undefined };
  return { containers, launchers: await findLaunchers({ cacheDir: join(dataDir, "cache") }) };
}

async function imagesHere(
  { containers, dockerSocket }: Config,
  wanted: readonly string[],
): Promise<ReadonlySet<string> | string> {
  if (containers === "sandbox") return "Docker is not used with --containers sandbox";
  if (!existsSync(dockerSocket)) return `there is no Docker engine at ${dockerSocket}`;
  const { dockerUnavailable, presentImages } = await import("@meringue/docker");
  return (await dockerUnavailable(dockerSocket)) ?? (await presentImages(dockerSocket, wanted));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BadConfig) && !(error instanceof UnusableManifest)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
