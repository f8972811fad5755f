import { resolve } from "node:path";
import type { ActivationStore, EntityStore, SubjectStore } from "@meringue/core";
import { memoryActivationStore } from "./memory-activation-store.ts";
import { memoryEntityStore } from "./memory-entity-store.ts";
import { memorySubjectStore } from "./memory-subject-store.ts";

/** Empty stores for one test. */
export interface TestStores {
  readonly entities: EntityStore;
  readonly activations: ActivationStore;
  readonly subjects: SubjectStore;
  close(): Promise<void>;
}

/**
 * Stores in memory, or those of the module that `MERINGUE_TEST_STORES` names (from the checkout's root; it exports
 * `testStores`): so the same tests can be run on a real store.
 */
export async function testStores(): Promise<TestStores> {
  const module = process.env["MERINGUE_TEST_STORES"];
  if (module !== undefined) {
    const { testStores: others } = (await import(resolve(module))) as { testStores: () => Promise<TestStores> };
    return others();
  }
  return {
    entities: memoryEntityStore(),
    activations: memoryActivationStore(),
    subjects: memorySubjectStore(),
    close: async () => undefined,
  };
}
