import { type SystemLimits, UPSTREAM_LIMITS } from "@meringue/core";
import type { Config } from "./config.ts";

/** A rate that is no limit in practice, and still a number that fits the wire's 32 bits. */
const UNTHROTTLED = 1_000_000_000;
const DEFAULT_MAX_CONCURRENCY = 500;

type LimitSettings = Partial<
  Pick<
    Config,
    | "limits"
    | "changeLimits"
    | "invocationsPerMinute"
    | "concurrentInvocations"
    | "firesPerMinute"
    | "maxConcurrency"
    | "maxStreamBytes"
  >
>;

/** The deployment's limits: a named set, with what was set one by one on top. */
export function systemLimits(config: LimitSettings): SystemLimits {
  const named = config.limits === "upstream" ? UPSTREAM_LIMITS : unthrottled();
  const base = config.changeLimits?.(named) ?? named;
  const [min, standard, max] = base.concurrency;
  return {
    ...base,
    invocationsPerMinute: config.invocationsPerMinute ?? base.invocationsPerMinute,
    concurrentInvocations: config.concurrentInvocations ?? base.concurrentInvocations,
    firesPerMinute: config.firesPerMinute ?? base.firesPerMinute,
    concurrency: [min, standard, config.maxConcurrency ?? max],
    ...(config.maxStreamBytes === undefined ? {} : { streamBytes: config.maxStreamBytes }),
  };
}

/** Throttles protect tenants from each other; who runs this on a laptop is alone. */
function unthrottled(): SystemLimits {
  const [min, standard] = UPSTREAM_LIMITS.concurrency;
  return {
    ...UPSTREAM_LIMITS,
    invocationsPerMinute: UNTHROTTLED,
    concurrentInvocations: UNTHROTTLED,
    firesPerMinute: UNTHROTTLED,
    concurrency: [min, standard, DEFAULT_MAX_CONCURRENCY],
  };
}
