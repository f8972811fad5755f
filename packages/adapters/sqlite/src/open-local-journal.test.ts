import { ServiceUnavailable } from "@meringue/core";
import {
  activationJournalContract,
  activationStoreContract,
  anActivation,
  type JournalWorld,
  memoryActivationStore,
  memorySubjectStore,
} from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import {
  type LocalJournal,
  type LocalJournalOptions,
  openLocalJournal,
  type RemoteRecords,
} from "./open-local-journal.ts";
import { testFolder } from "./test-store.ts";

/** Records elsewhere, in a place that can be away. */
function elsewhere() {
  const store = memoryActivationStore();
  const state = { away: false, written: [] as string[] };
  const reach =
    <A extends unknown[], T>(ask: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (state.away) throw new Error("nobody is there");
      return ask(...args);
    };
  const records: RemoteRecords = {
    get: reach(store.get),
    list: reach(store.list),
    count: reach(store.count),
    write: reach(async (batch) => {
      for (const record of batch) {
        await store.put(record);
        state.written.push(record.activationId);
      }
    }),
    known: reach(async (places) => {
      const known = new Set<string>();
      for (const { namespace, activationId } of places) {
        if (await store.get(namespace, activationId)) known.add(`${namespace}/${activationId}`);
      }
      return known;
    }),
  };
  return { state, records, store };
}

async function opened(dataDir: string, options: Partial<LocalJournalOptions> & Pick<LocalJournalOptions, "records">) {
  const open = await openLocalJournal({ dataDir, subjects: memorySubjectStore(), report: () => undefined, ...options });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= open.close());
  onTestFinished(close);
  return { ...open, close } satisfies LocalJournal;
}

activationStoreContract("a local journal", async () => {
  return (await opened(await testFolder(), { records: elsewhere().records })).activations;
});
activationJournalContract("a local journal", async () => {
  const dataDir = await testFolder();
  const { records } = elsewhere();
  const subjects = memorySubjectStore();
  const world = async (): Promise<JournalWorld> => {
    const { journal, activations, close } = await opened(dataDir, { records, subjects });
    return {
      journal,
      activations,
      subjects,
      async reopen() {
        await close();
        return world();
      },
    };
  };
  return world();
});

describe("a local journal whose records go elsewhere", () => {
  test("keeps records while the other place is away, and tells them", async ({ expect }) => {
    const { state, records } = elsewhere();
    const { activations } = await opened(await testFolder(), { records });
    state.away = true;
    const record = anActivation();
    await activations.put(record);

    expect(await activations.get("guest", record.activationId)).toEqual(record);
    expect(await activations.get("other", record.activationId).catch((error: Error) => error.message)).toBe(
      "nobody is there",
    );
    await expect(activations.list({ namespace: "guest" }, { skip: 0, limit: 1 })).rejects.toThrow(ServiceUnavailable);

    state.away = false;
    expect(await activations.list({ namespace: "guest" }, { skip: 0, limit: 1 })).toEqual([record]);
    expect(state.written).toEqual([record.activationId]);
  });

  test("hands what it kept to the next process, which finds a record before it has moved it", async ({ expect }) => {
    const { state, records } = elsewhere();
    const dataDir = await testFolder();
    const reports: string[] = [];
    const first = await opened(dataDir, { records, report: (line) => reports.push(line) });
    state.away = true;
    const kept = [anActivation(), anActivation()];
    for (const record of kept) await first.activations.put(record);
    await first.close();
    expect(reports.at(-1)).toBe("2 records are left in the journal for the next start.");

    const second = await opened(dataDir, { records });
    expect(await second.activations.get("guest", kept[1]?.activationId ?? "")).toEqual(kept[1]);
    expect(await second.activations.get("guest", "0".repeat(32)).catch((error: Error) => error.message)).toBe(
      "nobody is there",
    );

    state.away = false;
    expect(await second.activations.count({ namespace: "guest" })).toBe(2);
    expect(await second.activations.get("guest", "0".repeat(32))).toBeUndefined();
  });

  test("is one server's at a time", async ({ expect }) => {
    const dataDir = await testFolder();
    const { records } = elsewhere();
    await opened(dataDir, { records });

    await expect(opened(dataDir, { records })).rejects.toThrow("in use by another Meringue server");
  });
});
