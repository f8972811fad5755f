import type { Activation, ActivationJournal, ActivationStore, Clock } from "@meringue/core";

/** How long to wait before a record that could not be stored is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** Stores records, and goes on trying where that fails: a record may be late but is not lost. */
export interface RecordKeeper {
  /** @param kept false when a limit suppresses the record. Resolves when it is stored, or the first try has failed. */
  settle(record: Activation, kept: boolean): Promise<void>;
  /** Waits for the records that could not be stored at first; those that fail once more are left to the journal. */
  close(): Promise<void>;
}

/** A keeper that stores in `activations` and notes in `journal` what leaves no record. */
export function recordKeeper(
  { activations, journal }: { readonly activations: ActivationStore; readonly journal: ActivationJournal },
  clock: Clock,
  warn: (text: string, error: unknown) => void,
): RecordKeeper {
  const late = new Set<Promise<void>>();
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
  const storeNow = async (record: Activation, kept: boolean): Promise<void> => {
    try {
      await store(record, kept);
    } catch (error) {
      warn(`cannot store the record of activation ${record.activationId}, will try again`, error);
      const work = storeLate(record, kept).finally(() => late.delete(work));
      late.add(work);
    }
  };

  return {
    settle: storeNow,
    async close() {
      closing = true;
      while (late.size > 0) await Promise.all(late);
    },
  };
}
