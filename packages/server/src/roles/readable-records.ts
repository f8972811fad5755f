import type { ActivationStore, Clock } from "@meringue/core";

/** How long a record's writer waits at most until others can read it, in milliseconds. */
const PATIENCE_MS = 2_000;

/**
 * Records that everybody in the cluster can read once they are put: who is answered by one process may ask the next.
 * While the shared store does not take them, being in the journal has to do, and nobody waits.
 * @param shared see `Stores.shared`
 */
export function readableRecords(
  activations: ActivationStore,
  shared: () => Promise<void>,
  clock: Pick<Clock, "after">,
): ActivationStore {
  let away = false;
  const arrive = (): Promise<void> => {
    const arrived = shared().then(
      () => {
        away = false;
      },
      () => {
        away = true; // who moves the records has said why
      },
    );
    if (away) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = clock.after(PATIENCE_MS, () => {
        away = true;
        resolve();
      });
      void arrived.then(() => {
        cancel();
        resolve();
      });
    });
  };
  return {
    ...activations,
    async put(activation) {
      await activations.put(activation);
      await arrive();
    },
  };
}
