import type { SystemLimits } from "@meringue/core";

/** What every container finds in its environment, whatever runs in it. @param apiHost replaces the runtime's own entrance */
export function containerEnv(limits: SystemLimits, apiHost: string | undefined): Readonly<Record<string, string>> {
  return {
    // Runtimes refuse a run beside another unless they are told that there may be one.
    ...(limits.concurrency[2] > 1 ? { __OW_ALLOW_CONCURRENT: "true" } : {}),
    ...(apiHost === undefined ? {} : { __OW_API_HOST: apiHost }),
  };
}
