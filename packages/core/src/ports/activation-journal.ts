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
  /**
   * Notes that user code is about to see it: after this it is never run a second time.
   * Notes are kept in the order of the calls, so `accept` and `start` need one wait, not two.
   * @returns when the note would survive SIGKILL: user code must not see the activation before.
   * @throws (rejects) also when it was not accepted, or has ended: user code must not see it then.
   */
  start(activationId: string): Promise<void>;
  /**
   * Notes that it ended without a record that is kept: a limit or the store level suppresses it, or it could not be
   * placed and its caller was told so. Whatever ends in a record needs no such note.
   */
  settle(activationId: string): Promise<void>;
  /**
   * What an earlier process accepted and never settled, oldest first. Empty once all of it got a record.
   * Keys are not in the journal: `user.authKey` is the subject's key of today, or empty when it was revoked meanwhile.
   */
  unsettled(): Promise<readonly UnsettledActivation[]>;
}

export interface UnsettledActivation {
  readonly message: ActivationMessage;
  /** True when it had already been handed to user code. */
  readonly started: boolean;
}
