import { MIB, parseDuration, parseSize, type SystemLimits } from "@meringue/core";

/** A variable of upstream's that sets one limit which has no flag here. */
interface LimitVariable {
  readonly env: string;
  readonly about: string;
  /** @returns undefined when the text is no such value. */
  readonly read: (text: string) => number | undefined;
  readonly complaint: string;
  readonly apply: (limits: SystemLimits, value: number) => SystemLimits;
}

type Ranged = "timeoutMs" | "memoryMb" | "logsMb" | "concurrency";
type Plain =
  | "sequenceLength"
  | "execBytes"
  | "parametersBytes"
  | "payloadBytes"
  | "truncationBytes"
  | "blockingMs"
  | "listDefault"
  | "listMax";

const count = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);
const mebibytes = (text: string): number | undefined => {
  const bytes = parseSize(text);
  return bytes === undefined ? undefined : Math.floor(bytes / MIB);
};

const NUMBER = { read: count, complaint: "must be a whole number" };
const SIZE = { read: parseSize, complaint: "must be a size such as 1 m" };
const SIZE_MB = { read: mebibytes, complaint: "must be a size such as 256 m" };
const TIME = { read: parseDuration, complaint: "must be a duration such as 5 m" };

/** `NAME_min`, `NAME_std` and `NAME_max`, in the order of {@link SystemLimits}. */
function ranged(
  name: string,
  what: string,
  limit: Ranged,
  kind: Pick<LimitVariable, "read" | "complaint">,
): LimitVariable[] {
  const parts = [
    ["min", "lowest"],
    ["std", "default"],
    ["max", "highest"],
  ] as const;
  return parts.map(([part, word], i) => ({
    env: `CONFIG_whisk_${name}_${part}`,
    about: `${word} ${what}`,
    ...kind,
    apply: (limits, value) => ({ ...limits, [limit]: limits[limit].with(i, value) }),
  }));
}

function plain(
  env: string,
  about: string,
  limit: Plain,
  kind: Pick<LimitVariable, "read" | "complaint">,
): LimitVariable {
  return { env, about, ...kind, apply: (limits, value) => ({ ...limits, [limit]: value }) };
}

/** Upstream's variables for limits. The highest concurrency has a flag, and is not among them. */
export const limitVariables: readonly LimitVariable[] = [
  ...ranged("timeLimit", "time limit of an action", "timeoutMs", TIME),
  ...ranged("memory", "memory of an action", "memoryMb", SIZE_MB),
  ...ranged("logLimit", "size of an activation's logs", "logsMb", SIZE_MB),
  ...ranged("concurrencyLimit", "concurrency of an action", "concurrency", NUMBER).slice(0, 2),
  plain("LIMITS_ACTIONS_SEQUENCE_MAXLENGTH", "components of a sequence", "sequenceLength", NUMBER),
  plain("CONFIG_whisk_execSizeLimit", "size of an action's code", "execBytes", SIZE),
  plain("CONFIG_whisk_parameterSizeLimit", "size of an entity's parameters", "parametersBytes", SIZE),
  plain("CONFIG_whisk_activation_payload_max", "size of arguments and results", "payloadBytes", SIZE),
  plain(
    "CONFIG_whisk_activation_payload_truncation",
    "how much of a result that is larger is kept",
    "truncationBytes",
    SIZE,
  ),
  plain(
    "CONFIG_whisk_controller_activation_maxWaitForBlockingActivation",
    "how long a blocking call waits",
    "blockingMs",
    TIME,
  ),
  plain(
    "CONFIG_whisk_queryLimit_defaultListLimit",
    "rows of a listing, unless the caller says how many",
    "listDefault",
    NUMBER,
  ),
  plain("CONFIG_whisk_queryLimit_maxListLimit", "rows of a listing at most", "listMax", NUMBER),
];

/** Changes some limits. */
export type ChangeLimits = (limits: SystemLimits) => SystemLimits;

/** What {@link limitVariables} in `env` change. The problems are a sentence each. */
export function readUpstreamLimits(env: NodeJS.ProcessEnv): {
  readonly change: ChangeLimits;
  readonly problems: readonly string[];
} {
  const changes: ChangeLimits[] = [];
  const problems: string[] = [];
  for (const { env: variable, read, complaint, apply } of limitVariables) {
    const text = env[variable] ?? "";
    if (text === "") continue;
    const value = read(text);
    if (value === undefined) problems.push(`${variable}: ${complaint}, not "${text}"`);
    else changes.push((limits) => apply(limits, value));
  }
  return { change: (limits) => changes.reduce((changed, apply) => apply(changed), limits), problems };
}
