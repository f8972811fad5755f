import type { ActivationJournal } from "../ports/activation-journal.ts";
import type { ActivationStore } from "../ports/activation-store.ts";
import type { Clock } from "../ports/clock.ts";
import { enclosingRecord, stoppedResponse, tally } from "./enclosing-record.ts";
import { isKept, type StoreLevels } from "./kept-records.ts";

/**
 * Ends the sequences and compositions that an earlier process left running with a record that says so. They are not
 * continued: how far they had got went with that process. Their components are for the invoker to settle.
 * @returns how many there were.
 */
export async function recoverEnclosing(
  journal: ActivationJournal,
  activations: ActivationStore,
  clock: Clock,
  levels?: StoreLevels,
): Promise<number> {
  const left = (await journal.unsettled()).filter(({ message }) => message.enclosing === true);
  for (const { message } of left) {
    const now = clock.now();
    const record = enclosingRecord(message, stoppedResponse(message), tally(), { start: now, end: now });
    if (isKept(message, record.response, levels)) await activations.put(record);
    else await journal.settle(record.activationId);
  }
  return left.length;
}
