import type { Activation } from "../domain/activation.ts";
import type { ActivationJournal } from "../ports/activation-journal.ts";
import type { ActivationStore } from "../ports/activation-store.ts";
import type { Clock } from "../ports/clock.ts";

/** How long to wait before a record that could not be stored is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** Stores records, and goes on trying where that fails: a record may be late but is not lost. */
export interface RecordKeeper {
  /** @param kept false when a limit or the store level suppresses the record: see `isKept`. Resolves when it is stored, or the first try has failed. */
  settle(record: Activation, kept: boolean): Promise<void>;
  /** Waits for the records that still have to be stored; those that fail once more are left to the journal. */
  close(): Promise<void>;
}

/** A keeper that stores in `activations` and notes in `journal` what leaves no record. */
export function recordKeeper(
  { activations, journal }: { readonly activations: ActivationStore; readonly journal: ActivationJournal },
  clock: Clock,
  warn: (text: string, error: unknown) => void,
): RecordKeeper {
  const underWay = new Set<Promise<void>>();
  let closing = false;

  const store = (record: Activation, kept: boolean): Promise<void> =>
    kept ? activations.put(record) : journal.settle(record.activationId);

  const storeLate = async (record: Activation, kept: boolean): Promise<void> => {
    do {
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
      try {
        return await store(record, kept);
      } catch (error) {
        warn(`the record of activation ${record.activationId} is still not stored`, error);
      }
    } while (!closing);
  };
  const track = (work: Promise<void>): void => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  const storeNow = async (record: Activation, kept: boolean): Promise<void> => {
    try {
      await store(record, kept);
    } catch (error) {
      warn(`cannot store the record of activation ${record.activationId}, will try again`, error);
      track(storeLate(record, kept));
    }
  };

  return {
    settle(record, kept) {
      const first = storeNow(record, kept);
      track(first);
      return first;
    },
    async close() {
      closing = true;
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
