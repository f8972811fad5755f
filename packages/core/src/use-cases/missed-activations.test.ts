import { anActivation, memoryActivationStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import type { Activation } from "../domain/activation.ts";
import { findMissed } from "./missed-activations.ts";

const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;

async function keeping(...records: readonly Activation[]) {
  const store = memoryActivationStore();
  for (const record of records) await store.put(record);
  return findMissed(store);
}

const ran = (start: number, end: number, over: Partial<Activation> = {}): Activation =>
  anActivation({ start: NOW + start, end: NOW + end, ...over });

describe("what was missed", () => {
  test("is what has ended since, in that order, also if it began long before", async ({ expect }) => {
    const [long, quick] = [ran(-50 * MINUTE, 20), ran(5, 10)];
    const find = await keeping(ran(-20 * MINUTE, -MINUTE), long, quick);

    expect(await find({ namespace: "guest" }, NOW)).toEqual({ activations: [quick, long], more: 0 });
  });

  test("is also what ended just before, since records are stored a little later", async ({ expect }) => {
    const [late, old] = [ran(-4_500, -4_000), ran(-7_000, -6_000)];
    const find = await keeping(late, old);

    expect((await find({ namespace: "guest" }, NOW)).activations).toEqual([late]);
  });

  test("is also a trigger, which has no end", async ({ expect }) => {
    const fired = anActivation({ start: NOW + 1, end: 0 });
    const find = await keeping(fired, anActivation({ start: NOW - MINUTE, end: 0 }));

    expect((await find({ namespace: "guest" }, NOW)).activations).toEqual([fired]);
  });

  test("is of the namespace and the name that is asked for", async ({ expect }) => {
    const wanted = ran(0, 1, { name: "b", annotations: [{ key: "path", value: "guest/p/b" }] });
    const find = await keeping(wanted, ran(0, 1, { name: "b" }), ran(0, 1, { ...wanted, namespace: "other" }));

    expect((await find({ namespace: "guest", name: "p/b" }, NOW)).activations).toEqual([wanted]);
  });

  test("is bounded: of too many the newest, and how many more there are", async ({ expect }) => {
    const find = await keeping(...Array.from({ length: 2_300 }, (_, at) => ran(at, at + 1)));
    const { activations, more } = await find({ namespace: "guest" }, NOW);

    expect([activations.length, activations[0]?.start, more]).toEqual([2_000, NOW + 300, 300]);
  });
});
