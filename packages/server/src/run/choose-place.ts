import { join } from "node:path";
import { type ApiEntrance, type Exec, findRuntime, type Manifest } from "@meringue/core";
import { findLaunchers } from "../../../../runtimes/catalogue.ts";
import type { Config } from "../config/config.ts";
import { type ChosenRuntimes, chooseRuntimes, NoContainers } from "../container-runtimes.ts";

/**
 * Makes ready what a server would run this in, and nothing else: the sandbox if it can, else Docker, unless
 * `--containers` says which.
 * @throws NoContainers
 */
export async function choosePlace(
  exec: Exec,
  manifest: Manifest,
  config: Config,
  ownerId: string,
  entrance: ApiEntrance,
): Promise<ChosenRuntimes> {
  const cacheDir = join(config.dataDir, "cache");
  if (config.containers === "docker") return await chooseRuntimes(config, ownerId, cacheDir, entrance);
  const launchers = await findLaunchers({ cacheDir });
  const sandbox = { ...config, containers: "sandbox" } as const;
  const launcher = launchers.launcherFor(exec.kind, imageOf(exec, manifest));
  const inSandbox = typeof launcher !== "string";
  if (inSandbox) return await chooseRuntimes(sandbox, ownerId, cacheDir, entrance, { launchers, ahead: 1 });
  if (config.containers === "sandbox") throw new NoContainers(`${exec.kind} cannot be run in the sandbox: ${launcher}`);
  try {
    return await chooseRuntimes({ ...config, containers: "docker" }, ownerId, cacheDir, entrance);
  } catch (cause) {
    if (!(cause instanceof NoContainers)) throw cause;
    throw new NoContainers(`${exec.kind} cannot be run here: ${launcher}; ${cause.message}`, { cause });
  }
}

function imageOf(exec: Exec, manifest: Manifest): string {
  return exec.type === "blackbox" ? exec.image : (findRuntime(manifest, exec.kind)?.image ?? "");
}
