import { join, resolve } from "node:path";
import type { ParameterKeys } from "@meringue/core";
import { type ClusterSettings, readClusterSettings } from "./cluster-settings.ts";
import { type CouchSettings, readCouchSettings, storeOf } from "./couch-settings.ts";
import type { Machine } from "./machine.ts";
import type { GivenConfig } from "./schema.ts";
import type { ChangeLimits } from "./upstream-limits.ts";

const MEBIBYTE = 1024 * 1024;
const MEMORY_STEP_MB = 256;
const LEAST_MEMORY_MB = 512;
const LEAST_ACTIVATION_MB = 64;
const MOST_ACTIVATION_MB = 512;
const DOCKER_SOCKET = "/var/run/docker.sock";

type Computed = "dataDir" | "dockerSocket" | "userMemoryMb" | "activationMemoryMb" | "store";

/** All settings of every role, complete and checked. */
export type Config = Readonly<
  Omit<GivenConfig, Computed> & {
    /** Absolute. It need not exist. */
    dataDir: string;
    /** Path of a Unix socket. Nobody need listen on it. */
    dockerSocket: string;
    userMemoryMb: number;
    activationMemoryMb: number;
    store: "sqlite" | "couchdb";
    /** Counts only when that is the store. Its password is secret. */
    couch: CouchSettings;
    /** Where Kafka and Consul are, and as whom to use them. Counts in the roles of a cluster only. */
    cluster: ClusterSettings;
    /** What upstream's variables say about limits, on top of the named set. */
    changeLimits: ChangeLimits;
    /** Secret. There is one for `parameterEncryption`, unless that is off. */
    parameterKeys: ParameterKeys;
  }
>;

/** What was read of the settings, before the machine is asked. */
export interface ReadSettings {
  readonly given: GivenConfig;
  readonly parameterKeys: ParameterKeys;
  readonly changeLimits: ChangeLimits;
}

/** Fills in the defaults that depend on where this runs. */
export function completeConfig(
  { given, parameterKeys, changeLimits }: ReadSettings,
  env: NodeJS.ProcessEnv,
  machine: Machine,
): Config {
  return {
    ...given,
    parameterKeys,
    changeLimits,
    cluster: readClusterSettings(given, env),
    store: given.store ?? storeOf(env).store,
    couch: readCouchSettings(given, env).couch,
    dataDir: resolve(given.dataDir ?? defaultDataDir(env, machine)),
    dockerSocket: given.dockerSocket ?? dockerHostPath(env["DOCKER_HOST"]) ?? DOCKER_SOCKET,
    userMemoryMb: given.userMemoryMb ?? defaultMemoryMb(machine),
    activationMemoryMb: given.activationMemoryMb ?? defaultActivationMemoryMb(machine),
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

/** What is counted takes a few times as much while it is read, run and recorded. */
function defaultActivationMemoryMb({ availableMemoryBytes }: Machine): number {
  const part = Math.floor(availableMemoryBytes / 32 / MEBIBYTE);
  return Math.min(MOST_ACTIVATION_MB, Math.max(LEAST_ACTIVATION_MB, part));
}

function defaultMemoryMb({ availableMemoryBytes }: Machine): number {
  const half = availableMemoryBytes / 2 / MEBIBYTE;
  return Math.max(LEAST_MEMORY_MB, Math.floor(half / MEMORY_STEP_MB) * MEMORY_STEP_MB);
}
