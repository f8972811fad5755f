import { existsSync } from "node:fs";
import type { ApiEntrance, ContainerRuntime } from "@meringue/core";
import { sandboxRuntime } from "@meringue/sandbox";
import { findLaunchers, type Launchers } from "../../../runtimes/catalogue.ts";
import type { Config } from "./config/config.ts";
import { isLoopback } from "./well-known-keys.ts";

/** What containers run on here. */
export interface ChosenRuntimes {
  /** In the order of preference. */
  readonly runtimes: readonly ContainerRuntime[];
  /** For the operator: which kinds run on what, and what was left out and why. */
  readonly notes: readonly string[];
}

/** What was asked for cannot be had on this machine. */
export class NoContainers extends Error {
  override readonly name = "NoContainers";
}

/** What whoever runs a single action knows better. */
export interface RuntimeExtras {
  /** What was found already. */
  readonly launchers?: Launchers;
  /** For how many containers the sandbox makes things ahead. */
  readonly ahead?: number;
}

type Settings = Pick<Config, "containers" | "dataDir" | "dockerSocket" | "host">;

/**
 * Chooses by `--containers`. `auto`: on Linux the sandbox, with Docker beside it for images where an engine answers; on
 * other systems Docker, else plain processes.
 * @param cacheDir where prepared runtime files may be kept
 * @throws NoContainers
 */
export async function chooseRuntimes(
  settings: Settings,
  ownerId: string,
  cacheDir: string,
  entrance: ApiEntrance,
  { launchers: found, ahead }: RuntimeExtras = {},
): Promise<ChosenRuntimes> {
  const whyNoDocker = await noDocker(settings);
  const docker = whyNoDocker === undefined;
  if (settings.containers === "docker" && !docker) throw new NoContainers(`--containers docker: ${whyNoDocker}`);
  const sandbox = settings.containers !== "docker" && (process.platform === "linux" || !docker);

  await using stack = new AsyncDisposableStack();
  const runtimes: ContainerRuntime[] = [];
  const notes: string[] = [];
  if (sandbox) {
    const launchers = found ?? (await findLaunchers({ cacheDir }));
    const { dataDir } = settings;
    const runtime = await sandboxRuntime({
      ...{ ownerId, launchers: launchers.launcherFor, entrance, hidden: [dataDir] },
      ...(ahead === undefined ? {} : { networkPool: ahead }),
    });
    stack.defer(() => runtime.close());
    if (runtime.isolation.level === "none" && !isLoopback(settings.host)) {
      throw new NoContainers(
        `--host ${settings.host}: actions would run as plain processes here, which is allowed on loopback only`,
      );
    }
    runtimes.push(runtime);
    notes.push(...launchers.lines);
  }
  if (docker) {
    const { dockerRuntime } = await import("@meringue/docker");
    const runtime = await dockerRuntime({ ownerId, socketPath: settings.dockerSocket, entrance });
    stack.defer(() => runtime.close());
    runtimes.push(runtime);
  } else if (settings.containers === "auto") {
    notes.push(`no Docker, so actions that are images do not run (${whyNoDocker})`);
  }
  stack.move();
  return { runtimes, notes };
}

/** Why Docker is not used. Its adapter is loaded only where there is an engine to ask: that takes a tenth of a second. */
async function noDocker({ containers, dockerSocket }: Settings): Promise<string | undefined> {
  if (containers === "sandbox") return "not asked for";
  if (!existsSync(dockerSocket)) return `there is no ${dockerSocket}`;
  const { dockerUnavailable } = await import("@meringue/docker");
  return await dockerUnavailable(dockerSocket);
}
