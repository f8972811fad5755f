import { anActivation, fakeClock, memoryActivationJournal, memoryActivationStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import type { Activation } from "../domain/activation.ts";
import { localActivationFeed } from "../ports/activation-feed.ts";
import { recordKeeper } from "./record-keeper.ts";

function aKeeper() {
  const clock = fakeClock();
  const store = memoryActivationStore();
  const settled: string[] = [];
  const warnings: string[] = [];
  const trouble = { failures: 0 };
  const activations = {
    ...store,
    async put(record: Activation) {
      if (trouble.failures-- > 0) throw new Error("disk full");
      await store.put(record);
    },
  };
  const journal = { ...memoryActivationJournal(store), settle: async (id: string) => void settled.push(id) };
  const feed = localActivationFeed();
  const told: string[] = [];
  const keeper = recordKeeper({ activations, journal, feed }, clock, (text) => void warnings.push(text));
  feed.subscribe("guest", (event) => void told.push(event.kind === "ended" ? event.activation.activationId : ""));
  const has = async ({ activationId }: Activation) => (await store.get("guest", activationId)) !== undefined;
  return { keeper, clock, settled, warnings, trouble, has, told };
}

/** Lets whatever was promised happen. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the keeper of records", () => {
  test("stores a record", async ({ expect }) => {
    const { keeper, has, settled } = aKeeper();
    const record = anActivation();
    await keeper.settle(record, true);

    expect([await has(record), settled]).toEqual([true, []]);
  });

  test("notes in the journal what leaves no record", async ({ expect }) => {
    const { keeper, has, settled } = aKeeper();
    const record = anActivation();
    await keeper.settle(record, false);

    expect([await has(record), settled]).toEqual([false, [record.activationId]]);
  });

  test("tells the namespace of each activation once it is stored, or noted not to be", async ({ expect }) => {
    const { keeper, clock, trouble, told, has } = aKeeper();
    const [kept, unkept, late] = [anActivation(), anActivation(), anActivation()];
    await keeper.settle(kept, true);
    await keeper.settle(unkept, false);
    await keeper.settle(anActivation({ namespace: "other" }), true);
    trouble.failures = 1;
    await keeper.settle(late, true);
    expect(told).toEqual([kept.activationId, unkept.activationId]);

    clock.advance(1_000);
    while (!(await has(late))) await turn();
    await turn();
    expect(told.at(-1)).toBe(late.activationId);
  });

  test("goes on trying when the store fails", async ({ expect }) => {
    const { keeper, clock, has, warnings, trouble } = aKeeper();
    const record = anActivation();
    trouble.failures = 3;
    await keeper.settle(record, true);
    for (let second = 0; second < 3; second++) {
      expect(await has(record)).toBe(false);
      clock.advance(1_000);
      await turn();
    }

    expect(await has(record)).toBe(true);
    expect(warnings.length).toBe(3);
  });

  test("that is closed tries what is late once more", async ({ expect }) => {
    const { keeper, clock, has, trouble } = aKeeper();
    const record = anActivation();
    trouble.failures = 1;
    await keeper.settle(record, true);
    const closed = keeper.close();
    clock.advance(1_000);
    await closed;

    expect(await has(record)).toBe(true);
  });

  test("that is closed leaves to the journal what fails even then", async ({ expect }) => {
    const { keeper, clock, warnings, trouble } = aKeeper();
    trouble.failures = 2;
    await keeper.settle(anActivation(), true);
    const closed = keeper.close();
    clock.advance(1_000);
    await closed;

    expect(warnings.length).toBe(2);
  });
});
