import { activationJournalContract, type JournalWorld } from "./activation-journal-contract.ts";
import { activationStoreContract } from "./activation-store-contract.ts";
import { entityStoreContract } from "./entity-store-contract.ts";
import { type MemoryActivationJournal, memoryActivationJournal } from "./memory-activation-journal.ts";
import { memoryActivationStore } from "./memory-activation-store.ts";
import { memoryEntityStore } from "./memory-entity-store.ts";
import { memorySubjectStore } from "./memory-subject-store.ts";
import { subjectStoreContract } from "./subject-store-contract.ts";

entityStoreContract("memory", async () => memoryEntityStore());
activationStoreContract("memory", async () => memoryActivationStore());
subjectStoreContract("memory", async () => memorySubjectStore());
activationJournalContract("memory", async () => {
  const activations = memoryActivationStore();
  const subjects = memorySubjectStore();
  const worldOf = (journal: MemoryActivationJournal): JournalWorld => ({
    journal,
    activations,
    subjects,
    reopen: async () => worldOf(journal.restarted()),
  });
  return worldOf(memoryActivationJournal(activations));
});
