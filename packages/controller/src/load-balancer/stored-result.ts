import type { Activation, ActivationMessage, ActivationStore, Clock } from "@meringue/core";

/** When the store is asked for a record that an acknowledgement did not carry, in milliseconds after one another. */
const TRIES_MS = [0, 250, 1_000, 3_000, 5_000, 7_000, 15_000, 30_000] as const;

export interface StoredResultDependencies {
  readonly activations: ActivationStore;
  readonly clock: Clock;
  readonly warn: (text: string, error: unknown) => void;
}

/** Reads the record of an activation that has ended. An invoker of ours has stored it before it said so; others may not. */
export type StoredResult = (message: ActivationMessage) => Promise<Activation | undefined>;

/** @returns a reader that never rejects; undefined after a minute: nobody has kept the record (a limit suppresses it). */
export function storedResult({ activations, clock, warn }: StoredResultDependencies): StoredResult {
  return async (message) => {
    for (const delayMs of TRIES_MS) {
      if (delayMs > 0) await new Promise<void>((resolve) => clock.after(delayMs, resolve));
      const record = await readRecord(activations, message, warn);
      if (record !== undefined) return record;
    }
    return undefined;
  };
}

/** @returns undefined when it is not there, or the store cannot tell. */
export async function readRecord(
  activations: ActivationStore,
  { user, activationId }: Pick<ActivationMessage, "user" | "activationId">,
  warn: (text: string, error: unknown) => void,
): Promise<Activation | undefined> {
  try {
    return await activations.get(user.namespace.name, activationId);
  } catch (error) {
    warn(`cannot read the record of activation ${activationId}`, error);
    return undefined;
  }
}
