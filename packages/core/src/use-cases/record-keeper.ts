import type { Activation } from "../domain/activation.ts";
import type { ActivationFeed } from "../ports/activation-feed.ts";
import type { ActivationJournal } from "../ports/activation-journal.ts";
import type { ActivationStore } from "../ports/activation-store.ts";
import type { Clock } from "../ports/clock.ts";
import { underWay } from "./under-way.ts";

/** How long to wait before a record that could not be stored is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/** Stores records, and goes on trying where that fails: a record may be late but is not lost. */
export interface RecordKeeper {
  /** @param kept false when a limit or the store level suppresses the record: see `isKept`. Resolves when it is stored, or the first try has failed. */
  settle(record: Activation, kept: boolean): Promise<void>;
  /** Waits for the records that still have to be stored; those that fail once more are left to the journal. */
  close(): Promise<void>;
}

export interface RecordKeeperDependencies {
  readonly activations: ActivationStore;
  readonly journal: ActivationJournal;
  /** Is told of each activation once its record is stored, or noted not to be. */
  readonly feed?: ActivationFeed;
}

/** A keeper that stores in `activations` and notes in `journal` what leaves no record. */
export function recordKeeper(
  { activations, journal, feed }: RecordKeeperDependencies,
  clock: Clock,
  warn: (text: string, error: unknown) => void,
): RecordKeeper {
  const pending = underWay();
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
  const done = (record: Activation): void => {
    if (feed?.isFollowed(record.namespace) === true) {
      feed.publish(record.namespace, { kind: "ended", activation: record });
    }
    pending.leave();
  };

  return {
    settle(record, kept) {
      pending.enter();
      return store(record, kept).then(
        () => done(record),
        (error: unknown) => {
          warn(`cannot store the record of activation ${record.activationId}, will try again`, error);
          void storeLate(record, kept).then(() => done(record));
        },
      );
    },
    close() {
      closing = true;
      return pending.empty();
    },
  };
}
