import type { ActivationFeed } from "../ports/activation-feed.ts";
import type { ActivationJournal } from "../ports/activation-journal.ts";
import type { ActivationStore } from "../ports/activation-store.ts";
import type { Clock } from "../ports/clock.ts";
import { enclosingRecord, stoppedResponse, tally } from "./enclosing-record.ts";
import { isKept, type StoreLevels } from "./kept-records.ts";

export interface RecoverEnclosingDependencies {
  readonly activations: ActivationStore;
  readonly journal: ActivationJournal;
  readonly clock: Clock;
  /** Which records are kept; all, unless told. */
  readonly storeLevels?: StoreLevels;
  /** Is told of each that was ended. */
  readonly feed?: ActivationFeed;
}

/**
 * Ends the sequences and compositions that an earlier process left running with a record that says so. They are not
 * continued: how far they had got went with that process. Their components are for the invoker to settle.
 * @returns how many there were.
 */
export async function recoverEnclosing(deps: RecoverEnclosingDependencies): Promise<number> {
  const { activations, journal, clock, storeLevels, feed } = deps;
  const left = (await journal.unsettled()).filter(({ message }) => message.enclosing === true);
  for (const { message } of left) {
    const now = clock.now();
    const record = enclosingRecord(message, stoppedResponse(message), tally(), { start: now, end: now });
    if (isKept(message, record.response, storeLevels)) await activations.put(record);
    else await journal.settle(record.activationId);
    feed?.publish(record.namespace, { kind: "ended", activation: record });
  }
  return left.length;
}
