import type { ActivationJournal, ActivationStore } from "@meringue/core";

/** Keeps no record: whoever waits for the activation has it, and nobody asks again. */
export const noRecords: ActivationStore = {
  put: () => Promise.resolve(),
  get: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
  count: () => Promise.resolve(0),
};

/** Notes nothing: what is cut short has its caller before it. */
export const noJournal: ActivationJournal = {
  accept: () => Promise.resolve(),
  start: () => Promise.resolve(),
  settle: () => Promise.resolve(),
  unsettled: () => Promise.resolve([]),
};
