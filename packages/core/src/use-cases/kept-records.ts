import type { ActivationResponse } from "../domain/activation.ts";
import type { ActivationMessage } from "../ports/dispatcher.ts";

/** Which records are kept, as the original names it. Application errors are what an action itself says went wrong. */
export const STORE_LEVELS = ["STORE_ALWAYS", "STORE_FAILURES", "STORE_FAILURES_NOT_APPLICATION_ERRORS"] as const;

export type StoreLevel = (typeof STORE_LEVELS)[number];

/** Which records a deployment keeps. */
export interface StoreLevels {
  /** Of activations that somebody waits for, components of sequences and compositions among them. */
  readonly blocking: StoreLevel;
  /** Of all others, triggers' among them. */
  readonly nonBlocking: StoreLevel;
}

export const STORE_EVERYTHING: StoreLevels = { blocking: "STORE_ALWAYS", nonBlocking: "STORE_ALWAYS" };

/**
 * Whether a record is kept. A namespace that wants none gets none; otherwise a caller who asks for extra logging gets
 * theirs whatever the levels say.
 */
export function isKept(
  { user, blocking, extraLogging }: Pick<ActivationMessage, "user" | "blocking" | "extraLogging">,
  { statusCode }: ActivationResponse,
  levels: StoreLevels = STORE_EVERYTHING,
): boolean {
  if (user.limits.storeActivations === false) return false;
  const level = blocking ? levels.blocking : levels.nonBlocking;
  if (level === "STORE_ALWAYS" || extraLogging === true) return true;
  return statusCode >= (level === "STORE_FAILURES" ? 1 : 2);
}
