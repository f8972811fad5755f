import { PARAMETER_CIPHERS, STORE_LEVELS } from "@meringue/core";
import { CLUSTER_SETTINGS } from "./cluster-schema.ts";
import {
  matching,
  oneOf,
  optional,
  type Setting,
  type SettingWithDefault,
  text,
  wholeNumber,
  withDefault,
} from "./setting.ts";

const MAX_PORT = 65_535;
const DAY_MS = 86_400_000;
const MANY = 1_000_000_000;

/** Every setting, of every role. All come as text, from a flag, a variable or a file; who comes first there wins. */
export const SETTINGS = {
  configFile: optional(text(), {
    flags: "--config <file>",
    env: "MERINGUE_CONFIG",
    about: "file with settings, YAML or JSON: each under the name of its flag without the dashes",
  }),
  port: withDefault(wholeNumber(0, MAX_PORT), 3233, {
    flags: "--port <n>",
    env: "MERINGUE_PORT",
    about: "port of the API; 0 takes a free one and prints it",
  }),
  host: withDefault(text(), "127.0.0.1", {
    flags: "--host <address>",
    env: "MERINGUE_HOST",
    about: "address to listen on; only this machine reaches the default",
  }),
  dataDir: optional(text(), {
    flags: "--data-dir <folder>",
    env: "MERINGUE_DATA_DIR",
    about: "where everything is kept: entities, activations, keys",
    computedDefault:
      "`$XDG_DATA_HOME/meringue` or `~/.local/share/meringue`; on macOS `~/Library/Application Support/meringue`",
  }),
  store: optional(oneOf("sqlite", "couchdb"), {
    flags: "--store <which>",
    env: "MERINGUE_STORE",
    about: "`sqlite`: all in the data folder; `couchdb`: OpenWhisk's databases, with a journal in the data folder",
    computedDefault: "`couchdb` when `OW_DB` is set, else `sqlite`",
  }),
  couchdbUrl: optional(text(), {
    flags: "--couchdb-url <url>",
    env: "MERINGUE_COUCHDB_URL",
    about: "where CouchDB is; its account comes in variables",
    computedDefault: "of `OW_DB_PROTOCOL`, `OW_DB_HOST` and `OW_DB_PORT`, else `http://127.0.0.1:5984`",
  }),
  couchdbPrefix: withDefault(
    matching(/^[a-z][a-z0-9_-]*$/, "must be lower-case letters, digits, _ and -, a letter first"),
    "whisk_local_",
    {
      flags: "--couchdb-prefix <text>",
      env: "MERINGUE_COUCHDB_PREFIX",
      about: "what the names of the three databases in CouchDB begin with",
    },
  ),
  containers: withDefault(oneOf("auto", "sandbox", "docker"), "auto", {
    flags: "--containers <how>",
    env: "MERINGUE_CONTAINERS",
    about:
      "what isolates actions: `docker`, `sandbox` (Linux namespaces, nothing to install), or `auto`: what is there",
  }),
  dockerSocket: optional(text(), {
    flags: "--docker-socket <path>",
    env: "MERINGUE_DOCKER_SOCKET",
    about: "Unix socket of the Docker engine",
    computedDefault: "the path in `DOCKER_HOST=unix://…`, else `/var/run/docker.sock`",
  }),
  userMemoryMb: optional(wholeNumber(128, MANY), {
    flags: "--user-memory <mb>",
    env: "MERINGUE_USER_MEMORY_MB",
    upstream: { env: "CONFIG_whisk_containerPool_userMemory", read: "mebibytes" },
    unit: "MB",
    about: "memory that all action containers together may be given",
    computedDefault: "half of what is available to this process at start, in steps of 256, at least 512",
  }),
  manifestFile: optional(text(), {
    flags: "-m, --manifest <file>",
    env: "MERINGUE_MANIFEST",
    about: "runtimes manifest, JSON as OpenWhisk has it",
    computedDefault: "the manifest that comes with Meringue",
  }),
  durability: withDefault(oneOf("default", "strict"), "default", {
    flags: "--durability <how>",
    env: "MERINGUE_DURABILITY",
    about:
      "`default` or `strict`: `strict` waits for the disk before every answer, so that even a power cut loses nothing that was answered",
  }),
  logLevel: withDefault(oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"), "info", {
    flags: "--log-level <level>",
    env: "MERINGUE_LOG_LEVEL",
    about: "least severe level that is logged: trace, debug, info, warn, error, fatal or silent",
  }),
  limits: withDefault(oneOf("default", "upstream"), "default", {
    flags: "--limits <set>",
    env: "MERINGUE_LIMITS",
    about:
      "`upstream`: exactly OpenWhisk's limits; `default`: the same without throttles that a single user would meet",
  }),
  invocationsPerMinute: optional(wholeNumber(0, MANY), {
    flags: "--invocations-per-minute <n>",
    env: "MERINGUE_INVOCATIONS_PER_MINUTE",
    upstream: { env: "LIMITS_ACTIONS_INVOKES_PERMINUTE" },
    about: "invocations that a namespace may start in a minute",
    computedDefault: "of `--limits`",
  }),
  concurrentInvocations: optional(wholeNumber(0, MANY), {
    flags: "--concurrent-invocations <n>",
    env: "MERINGUE_CONCURRENT_INVOCATIONS",
    upstream: { env: "LIMITS_ACTIONS_INVOKES_CONCURRENT" },
    about: "invocations of a namespace at a time",
    computedDefault: "of `--limits`",
  }),
  firesPerMinute: optional(wholeNumber(0, MANY), {
    flags: "--fires-per-minute <n>",
    env: "MERINGUE_FIRES_PER_MINUTE",
    upstream: { env: "LIMITS_TRIGGERS_FIRES_PERMINUTE" },
    about: "triggers that a namespace may fire in a minute",
    computedDefault: "of `--limits`",
  }),
  maxConcurrency: optional(wholeNumber(1, MANY), {
    flags: "--max-concurrency <n>",
    env: "MERINGUE_MAX_CONCURRENCY",
    upstream: { env: "CONFIG_whisk_concurrencyLimit_max" },
    about: "highest concurrency that an action may ask for: activations at a time in one container",
    computedDefault: "of `--limits`",
  }),
  storeBlockingResults: withDefault(oneOf(...STORE_LEVELS), "STORE_ALWAYS", {
    flags: "--store-blocking-results <level>",
    env: "MERINGUE_STORE_BLOCKING_RESULTS",
    upstream: { env: "CONFIG_whisk_activation_storeBlockingResultLevel" },
    about:
      "which activations that somebody waited for are kept: all, only failures, or only failures that the action did not itself report; the request header `X-OW-EXTRA-LOGGING: on` has all kept",
  }),
  storeNonBlockingResults: withDefault(oneOf(...STORE_LEVELS), "STORE_ALWAYS", {
    flags: "--store-non-blocking-results <level>",
    env: "MERINGUE_STORE_NON_BLOCKING_RESULTS",
    upstream: { env: "CONFIG_whisk_activation_storeNonBlockingResultLevel" },
    about: "the same of activations that nobody waited for, and of triggers'",
  }),
  parameterEncryption: withDefault(oneOf("off", ...PARAMETER_CIPHERS), "off", {
    flags: "--parameter-encryption <cipher>",
    env: "MERINGUE_PARAMETER_ENCRYPTION",
    upstream: { env: "CONFIG_whisk_parameterStorage_current", read: "cipher" },
    about:
      "what parameters of actions and packages are stored under: `off`, `aes-128` or `aes-256`; its key comes in a variable",
  }),
  maxStreamBytes: optional(wholeNumber(1, Number.MAX_SAFE_INTEGER), {
    flags: "--max-stream-bytes <n>",
    env: "MERINGUE_MAX_STREAM_BYTES",
    unit: "bytes",
    about: "bytes that one streamed answer of a web action may have; an action that sends more has failed",
    computedDefault: "no limit",
  }),
  queueLimit: withDefault(wholeNumber(1, MANY), 10_000, {
    flags: "--queue-limit <n>",
    env: "MERINGUE_QUEUE_LIMIT",
    about:
      "activations that may wait for a container, those of one namespace four times as many as there is room for more; further ones are refused",
  }),
  activationMemoryMb: optional(wholeNumber(1, MANY), {
    flags: "--activation-memory <mb>",
    env: "MERINGUE_ACTIVATION_MEMORY_MB",
    unit: "MB",
    about:
      "arguments that are coming in or belong to activations under way, and answers that are not sent yet, may take so much together; further calls are refused",
    computedDefault: "a thirty-second of what is available to this process at start, from 64 to 512",
  }),
  pauseGraceMs: withDefault(wholeNumber(0, DAY_MS), 50, {
    flags: "--pause-grace-ms <ms>",
    env: "MERINGUE_PAUSE_GRACE_MS",
    upstream: { env: "CONFIG_whisk_containerProxy_timeouts_pauseGrace", read: "milliseconds" },
    unit: "ms",
    about: "how long an idle container runs on before it is frozen",
  }),
  idleTimeoutMs: withDefault(wholeNumber(0, DAY_MS), 600_000, {
    flags: "--idle-timeout-ms <ms>",
    env: "MERINGUE_IDLE_TIMEOUT_MS",
    upstream: { env: "CONFIG_whisk_containerProxy_timeouts_idleContainer", read: "milliseconds" },
    unit: "ms",
    about: "how long an idle container is kept",
  }),
  rewarm: withDefault(oneOf("on", "off"), "on", {
    flags: "--rewarm <on|off>",
    env: "MERINGUE_REWARM",
    about: "whether a stem cell is started shortly before an action is called that is called at regular intervals",
  }),
  buildCacheMb: withDefault(wholeNumber(0, MANY), 1_024, {
    flags: "--build-cache <mb>",
    env: "MERINGUE_BUILD_CACHE_MB",
    unit: "MB",
    about: "disk for what runtimes built of actions' source; 0: every new container builds it again",
  }),
  apiHost: optional(text(), {
    flags: "--api-host <url>",
    env: "MERINGUE_API_HOST",
    about:
      "what actions find in `__OW_API_HOST`, where they should not use the entrance that containers have of their own",
    computedDefault: "an entrance of the container's own",
  }),
  webHost: optional(text(), {
    flags: "--web-host <domain>",
    env: "MERINGUE_WEB_HOST",
    about:
      "domain whose subdomains are hosts of namespaces: `NAMESPACE.DOMAIN/x` is the web action path `/NAMESPACE/x`",
    computedDefault: "none",
  }),
  controllerUser: withDefault(text(), "controller.user", {
    flags: "--controller-user <name>",
    env: "MERINGUE_CONTROLLER_USER",
    about:
      "user name for `POST /disable`, which a controller serves on loopback only (like `/invokers` and `/activation`), and an invoker wherever it listens",
  }),
  controllerPassword: withDefault(text(), "controller.pass", {
    flags: "--controller-password <text>",
    env: "MERINGUE_CONTROLLER_PASSWORD",
    about: "password for `POST /disable`; give it as a variable, flags can be seen by other users",
    secret: true,
  }),
  sharedPackagesExecuteOnly: withDefault(oneOf("off", "on"), "off", {
    flags: "--shared-packages-execute-only <on|off>",
    env: "MERINGUE_SHARED_PACKAGES_EXECUTE_ONLY",
    upstream: { env: "CONFIG_whisk_sharedPackagesExecuteOnly", read: "switch" },
    about: "whether other namespaces may run the actions of a shared package but not read them",
  }),
  ...CLUSTER_SETTINGS,
} as const;

/** What was given, with the fixed defaults filled in. */
export type GivenConfig = {
  readonly [Name in NamesWithDefault]: ValueOf<Name>;
} & {
  readonly [Name in Exclude<SettingName, NamesWithDefault>]?: ValueOf<Name> | undefined;
};
export type SettingName = keyof typeof SETTINGS;

type NamesWithDefault = {
  [Name in SettingName]: (typeof SETTINGS)[Name] extends SettingWithDefault<unknown>
    ? undefined extends (typeof SETTINGS)[Name]["fixedDefault"]
      ? never
      : Name
    : never;
}[SettingName];
type ValueOf<Name extends SettingName> = (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never;

export const settingNames = Object.keys(SETTINGS) as SettingName[];

/** @returns flags, variable and help of one setting. */
export function settingOf(name: SettingName): Setting<unknown> {
  return SETTINGS[name];
}

/** @returns the flag as it is typed: `--port`. */
export function longFlag(name: SettingName): string {
  return /--[a-z-]+/.exec(settingOf(name).flags)?.[0] ?? name;
}

/** The default as people read it, undefined when there is none until start. */
export function fixedDefaultOf(name: SettingName): string | undefined {
  const value = settingOf(name).fixedDefault;
  return value === undefined ? undefined : String(value);
}

/** What a setting was given as cannot be used. */
export interface BadValue {
  readonly name: SettingName;
  /** Such as `must be a whole number from 0 to 9`. */
  readonly complaint: string;
}

/** Reads every setting. @param values by name, as given; absent where nothing was */
export function readSettings(values: Readonly<Partial<Record<SettingName, string>>>): {
  /** Those that were given badly have their defaults. */
  readonly given: GivenConfig;
  readonly bad: readonly BadValue[];
} {
  const bad: BadValue[] = [];
  const given = settingNames.map((name): readonly [SettingName, unknown] => {
    const { kind, fixedDefault } = settingOf(name);
    const value = values[name];
    if (value === undefined) return [name, fixedDefault];
    if (kind.accepts(value)) return [name, kind.read(value)];
    bad.push({ name, complaint: kind.complaint });
    return [name, fixedDefault];
  });
  return { given: Object.fromEntries(given) as GivenConfig, bad };
}
