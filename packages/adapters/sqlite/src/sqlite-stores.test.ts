import {
  activationJournalContract,
  activationStoreContract,
  entityStoreContract,
  type JournalWorld,
  storeContentsContract,
  subjectStoreContract,
} from "@meringue/testkit";
import type { SqliteStoreOptions } from "./open-sqlite-store.ts";
import { testFolder, testSharedStore, testStore } from "./test-store.ts";

entityStoreContract("sqlite", async () => (await testStore(await testFolder())).entities);
subjectStoreContract("sqlite", async () => (await testStore(await testFolder())).subjects);
activationStoreContract("sqlite", async () => (await testStore(await testFolder())).activations);
activationJournalContract("sqlite", async () => journalWorld(await testFolder()));

storeContentsContract("sqlite", async () => testStore(await testFolder()));

subjectStoreContract("sqlite beside a server", async () => (await testSharedStore(await testFolder())).subjects);

const strict = { durability: "strict" } as const;
activationJournalContract("strict sqlite", async () => journalWorld(await testFolder(), strict));

// segments so small that every few entries begin a new one, and that open messages are carried from one to the next
const tiny = { segmentBytes: 700 };
activationStoreContract(
  "sqlite with tiny segments",
  async () => (await testStore(await testFolder(), tiny)).activations,
);
activationJournalContract("sqlite with tiny segments", async () => journalWorld(await testFolder(), tiny));

async function journalWorld(dataDir: string, options: Partial<SqliteStoreOptions> = {}): Promise<JournalWorld> {
  const store = await testStore(dataDir, options);
  return {
    journal: store.journal,
    activations: store.activations,
    subjects: store.subjects,
    async reopen() {
      await store.close();
      return journalWorld(dataDir, options);
    },
  };
}
