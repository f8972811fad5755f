import {
  type ActivationFeed,
  type ChangeFeed,
  type Clock,
  type Ids,
  localActivationFeed,
  type Manifest,
  type ParameterLocks,
  parameterLocks,
  type StoreLevels,
  type SystemLimits,
  systemClock,
} from "@meringue/core";
import type { Logger } from "pino";
import type { Config } from "./config/config.ts";
import { systemLimits } from "./config/system-limits.ts";
import { randomIds } from "./random-ids.ts";
import type { Stores } from "./stores.ts";

/** What everything else in a process is made of, whatever its role. */
export interface Foundation {
  readonly config: Config;
  readonly logger: Logger;
  readonly manifest: Manifest;
  readonly limits: SystemLimits;
  readonly storeLevels: StoreLevels;
  readonly store: Stores;
  readonly parameterLocks: ParameterLocks;
  readonly changes: ChangeFeed;
  readonly feed: ActivationFeed;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

/** How long what runs may take to finish when the server is told to stop, in milliseconds. */
export const DRAIN_MS = 30_000;

/** What a foundation is made of that only the composition root can tell. */
export type FoundationParts = Pick<Foundation, "config" | "logger" | "manifest" | "store" | "changes">;

/** Makes the rest of a {@link Foundation} of what the settings say. */
export function foundationOf(parts: FoundationParts): Foundation {
  const { config, logger } = parts;
  return {
    ...parts,
    limits: systemLimits(config),
    storeLevels: { blocking: config.storeBlockingResults, nonBlocking: config.storeNonBlockingResults },
    parameterLocks: parameterLocks({ current: config.parameterEncryption, keys: config.parameterKeys }),
    feed: localActivationFeed(),
    ids: randomIds(),
    clock: systemClock,
    warn: (text, error) => logger.warn({ err: error }, text),
  };
}
