import type { ActivationMessage } from "./dispatcher.ts";

/**
 * The promise that nothing accepted is lost: what was accepted and has no record yet can be told after a crash.
 * Its records are what {@link ActivationStore.put} keeps.
 */
export interface ActivationJournal {
  /**
   * Notes that an activation was accepted.
   * @param durable also wait until it is synced to disk (a 202 does; a blocking call need not).
   * @returns when the note would survive SIGKILL (or, if `durable`, power loss).
   */
  accept(message: ActivationMessage, durable: boolean): Promise<void>;
  /** Notes that user code is about to see it: after this it is never run a second time. Written before it returns control to the loop. */
  start(activationId: string): void;
  /** What an earlier process accepted and never settled, oldest first. Empty once all of it got a record. */
  unsettled(): Promise<readonly UnsettledActivation[]>;
}

export interface UnsettledActivation {
  readonly message: ActivationMessage;
  /** True when it had already been handed to user code. */
  readonly started: boolean;
}
