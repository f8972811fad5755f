import { PARAMETER_CIPHERS, STORE_LEVELS } from "@meringue/core";
import { z } from "zod";

/** What people read about a setting, and how they give it. */
export interface Setting {
  /** As commander takes it: `-m, --manifest <file>`. */
  readonly flags: string;
  readonly env: string;
  readonly about: string;
  /** Said of a number: `ms`, `MB`. */
  readonly unit?: string;
  /** In words, where the default is worked out at start. */
  readonly computedDefault?: string;
}

/** Flags, variables and help of every member of {@link ConfigSchema}. */
export const settings = z.registry<Setting>();

const MAX_PORT = 65_535;
const DAY_MS = 86_400_000;
const MANY = 1_000_000_000;

/** Every setting of the standalone role. All come as text, from a flag or a variable; a flag wins. */
export const ConfigSchema = z.object({
  port: wholeNumber(0, MAX_PORT).default(3233).register(settings, {
    flags: "--port <n>",
    env: "MERINGUE_PORT",
    about: "port of the API; 0 takes a free one and prints it",
  }),
  host: z.string().default("127.0.0.1").register(settings, {
    flags: "--host <address>",
    env: "MERINGUE_HOST",
    about: "address to listen on; only this machine reaches the default",
  }),
  dataDir: z.string().optional().register(settings, {
    flags: "--data-dir <folder>",
    env: "MERINGUE_DATA_DIR",
    about: "where everything is kept: entities, activations, keys",
    computedDefault:
      "`$XDG_DATA_HOME/meringue` or `~/.local/share/meringue`; on macOS `~/Library/Application Support/meringue`",
  }),
  store: oneOf("sqlite", "couchdb").optional().register(settings, {
    flags: "--store <which>",
    env: "MERINGUE_STORE",
    about: "`sqlite`: all in the data folder; `couchdb`: OpenWhisk's databases, with a journal in the data folder",
    computedDefault: "`couchdb` when `OW_DB` is set, else `sqlite`",
  }),
  couchdbUrl: z.string().optional().register(settings, {
    flags: "--couchdb-url <url>",
    env: "MERINGUE_COUCHDB_URL",
    about: "where CouchDB is; its account comes in variables",
    computedDefault: "of `OW_DB_PROTOCOL`, `OW_DB_HOST` and `OW_DB_PORT`, else `http://127.0.0.1:5984`",
  }),
  couchdbPrefix: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, "must be lower-case letters, digits, _ and -, a letter first")
    .default("whisk_local_")
    .register(settings, {
      flags: "--couchdb-prefix <text>",
      env: "MERINGUE_COUCHDB_PREFIX",
      about: "what the names of the three databases in CouchDB begin with",
    }),
  containers: oneOf("auto", "sandbox", "docker").default("auto").register(settings, {
    flags: "--containers <how>",
    env: "MERINGUE_CONTAINERS",
    about:
      "what isolates actions: `docker`, `sandbox` (Linux namespaces, nothing to install), or `auto`: what is there",
  }),
  dockerSocket: z.string().optional().register(settings, {
    flags: "--docker-socket <path>",
    env: "MERINGUE_DOCKER_SOCKET",
    about: "Unix socket of the Docker engine",
    computedDefault: "the path in `DOCKER_HOST=unix://…`, else `/var/run/docker.sock`",
  }),
  userMemoryMb: wholeNumber(128, MANY).optional().register(settings, {
    flags: "--user-memory <mb>",
    env: "MERINGUE_USER_MEMORY_MB",
    unit: "MB",
    about: "memory that all action containers together may be given",
    computedDefault: "half of what is available to this process at start, in steps of 256, at least 512",
  }),
  manifestFile: z.string().optional().register(settings, {
    flags: "-m, --manifest <file>",
    env: "MERINGUE_MANIFEST",
    about: "runtimes manifest, JSON as OpenWhisk has it",
    computedDefault: "the manifest that comes with Meringue",
  }),
  durability: oneOf("default", "strict").default("default").register(settings, {
    flags: "--durability <how>",
    env: "MERINGUE_DURABILITY",
    about:
      "`default` or `strict`: `strict` waits for the disk before every answer, so that even a power cut loses nothing that was answered",
  }),
  logLevel: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent").default("info").register(settings, {
    flags: "--log-level <level>",
    env: "MERINGUE_LOG_LEVEL",
    about: "least severe level that is logged: trace, debug, info, warn, error, fatal or silent",
  }),
  limits: oneOf("default", "upstream").default("default").register(settings, {
    flags: "--limits <set>",
    env: "MERINGUE_LIMITS",
    about:
      "`upstream`: exactly OpenWhisk's limits; `default`: the same without throttles that a single user would meet",
  }),
  invocationsPerMinute: wholeNumber(0, MANY).optional().register(settings, {
    flags: "--invocations-per-minute <n>",
    env: "MERINGUE_INVOCATIONS_PER_MINUTE",
    about: "invocations that a namespace may start in a minute",
    computedDefault: "of `--limits`",
  }),
  concurrentInvocations: wholeNumber(0, MANY).optional().register(settings, {
    flags: "--concurrent-invocations <n>",
    env: "MERINGUE_CONCURRENT_INVOCATIONS",
    about: "invocations of a namespace at a time",
    computedDefault: "of `--limits`",
  }),
  firesPerMinute: wholeNumber(0, MANY).optional().register(settings, {
    flags: "--fires-per-minute <n>",
    env: "MERINGUE_FIRES_PER_MINUTE",
    about: "triggers that a namespace may fire in a minute",
    computedDefault: "of `--limits`",
  }),
  maxConcurrency: wholeNumber(1, MANY).optional().register(settings, {
    flags: "--max-concurrency <n>",
    env: "MERINGUE_MAX_CONCURRENCY",
    about: "highest concurrency that an action may ask for: activations at a time in one container",
    computedDefault: "of `--limits`",
  }),
  storeBlockingResults: oneOf(...STORE_LEVELS)
    .default("STORE_ALWAYS")
    .register(settings, {
      flags: "--store-blocking-results <level>",
      env: "MERINGUE_STORE_BLOCKING_RESULTS",
      about:
        "which activations that somebody waited for are kept: all, only failures, or only failures that the action did not itself report; the request header `X-OW-EXTRA-LOGGING: on` has all kept",
    }),
  storeNonBlockingResults: oneOf(...STORE_LEVELS)
    .default("STORE_ALWAYS")
    .register(settings, {
      flags: "--store-non-blocking-results <level>",
      env: "MERINGUE_STORE_NON_BLOCKING_RESULTS",
      about: "the same of activations that nobody waited for, and of triggers'",
    }),
  parameterEncryption: oneOf("off", ...PARAMETER_CIPHERS)
    .default("off")
    .register(settings, {
      flags: "--parameter-encryption <cipher>",
      env: "MERINGUE_PARAMETER_ENCRYPTION",
      about:
        "what parameters of actions and packages are stored under: `off`, `aes-128` or `aes-256`; its key comes in a variable",
    }),
  maxStreamBytes: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional().register(settings, {
    flags: "--max-stream-bytes <n>",
    env: "MERINGUE_MAX_STREAM_BYTES",
    unit: "bytes",
    about: "bytes that one streamed answer of a web action may have; an action that sends more has failed",
    computedDefault: "no limit",
  }),
  queueLimit: wholeNumber(1, MANY).default(10_000).register(settings, {
    flags: "--queue-limit <n>",
    env: "MERINGUE_QUEUE_LIMIT",
    about: "activations that may wait for a container; further ones are refused",
  }),
  pauseGraceMs: wholeNumber(0, DAY_MS).default(50).register(settings, {
    flags: "--pause-grace-ms <ms>",
    env: "MERINGUE_PAUSE_GRACE_MS",
    unit: "ms",
    about: "how long an idle container runs on before it is frozen",
  }),
  idleTimeoutMs: wholeNumber(0, DAY_MS).default(600_000).register(settings, {
    flags: "--idle-timeout-ms <ms>",
    env: "MERINGUE_IDLE_TIMEOUT_MS",
    unit: "ms",
    about: "how long an idle container is kept",
  }),
  apiHost: z.string().optional().register(settings, {
    flags: "--api-host <url>",
    env: "MERINGUE_API_HOST",
    about:
      "what actions find in `__OW_API_HOST`, where they should not use the entrance that containers have of their own",
    computedDefault: "an entrance of the container's own",
  }),
  webHost: z.string().optional().register(settings, {
    flags: "--web-host <domain>",
    env: "MERINGUE_WEB_HOST",
    about:
      "domain whose subdomains are hosts of namespaces: `NAMESPACE.DOMAIN/x` is the web action path `/NAMESPACE/x`",
    computedDefault: "none",
  }),
  controllerUser: z.string().default("controller.user").register(settings, {
    flags: "--controller-user <name>",
    env: "MERINGUE_CONTROLLER_USER",
    about: "user name for `POST /disable`, which like `/invokers` and `/activation` is served on loopback only",
  }),
  controllerPassword: z.string().default("controller.pass").register(settings, {
    flags: "--controller-password <text>",
    env: "MERINGUE_CONTROLLER_PASSWORD",
    about: "password for `POST /disable`; give it as a variable, flags can be seen by other users",
  }),
});

/** What was given, with the fixed defaults filled in. */
export type GivenConfig = z.infer<typeof ConfigSchema>;
export type SettingName = keyof GivenConfig;

export const settingNames = Object.keys(ConfigSchema.shape) as SettingName[];

/** @returns flags, variable and help of one setting. */
export function settingOf(name: SettingName): Setting {
  const setting = settings.get(ConfigSchema.shape[name]);
  if (setting === undefined) throw new Error(`The setting ${name} is not described.`);
  return setting;
}

/** The default as people read it, undefined when there is none until start. */
export function fixedDefaultOf(name: SettingName): string | undefined {
  const { data } = ConfigSchema.shape[name].safeParse(undefined);
  return data === undefined ? undefined : String(data);
}

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, { error })
    .transform(Number);
}

function oneOf<const T extends readonly string[]>(...words: T) {
  return z.enum(words, { error: `must be one of ${words.join(", ")}` });
}
