import { join, resolve } from "node:path";
import type { ParameterKeys } from "@meringue/core";
import { type CouchSettings, readCouchSettings, storeOf } from "./couch-settings.ts";
import type { Machine } from "./machine.ts";
import type { GivenConfig } from "./schema.ts";

const MEBIBYTE = 1024 * 1024;
const MEMORY_STEP_MB = 256;
const LEAST_MEMORY_MB = 512;
const DOCKER_SOCKET = "/var/run/docker.sock";

type Computed = "dataDir" | "dockerSocket" | "userMemoryMb" | "store";

/** All settings of the standalone role, complete and checked. */
export type Config = Readonly<
  Omit<GivenConfig, Computed> & {
    /** Absolute. It need not exist. */
    dataDir: string;
    /** Path of a Unix socket. Nobody need listen on it. */
    dockerSocket: string;
    userMemoryMb: number;
    store: "sqlite" | "couchdb";
    /** Counts only when that is the store. Its password is secret. */
    couch: CouchSettings;
    /** Secret. There is one for `parameterEncryption`, unless that is off. */
    parameterKeys: ParameterKeys;
  }
>;

/** Fills in the defaults that depend on where this runs. */
export function completeConfig(
  given: GivenConfig,
  parameterKeys: ParameterKeys,
  env: NodeJS.ProcessEnv,
  machine: Machine,
): Config {
  return {
    ...given,
    parameterKeys,
    store: given.store ?? storeOf(env).store,
    couch: readCouchSettings(given, env).couch,
    dataDir: resolve(given.dataDir ?? defaultDataDir(env, machine)),
    dockerSocket: given.dockerSocket ?? dockerHostPath(env["DOCKER_HOST"]) ?? DOCKER_SOCKET,
    userMemoryMb: given.userMemoryMb ?? defaultMemoryMb(machine),
  };
}

/** Where the platform keeps a program's data. The XDG specification has relative paths ignored. */
function defaultDataDir(env: NodeJS.ProcessEnv, { platform, homeDir }: Machine): string {
  if (platform === "darwin") return join(homeDir, "Library/Application Support/meringue");
  const xdg = env["XDG_DATA_HOME"];
  return join(xdg?.startsWith("/") ? xdg : join(homeDir, ".local/share"), "meringue");
}

function dockerHostPath(dockerHost: string | undefined): string | undefined {
  return /^unix:\/\/(\/.+)$/.exec(dockerHost ?? "")?.[1];
}

function defaultMemoryMb({ availableMemoryBytes }: Machine): number {
  const half = availableMemoryBytes / 2 / MEBIBYTE;
  return Math.max(LEAST_MEMORY_MB, Math.floor(half / MEMORY_STEP_MB) * MEMORY_STEP_MB);
}
