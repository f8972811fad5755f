import { anActivation, fakeClock, memoryActivationStore } from "@meringue/testkit";
import { describe, test } from "vitest";
import { readableRecords } from "./readable-records.ts";

/** A store that others share as soon as the test says so. */
function world() {
  const clock = fakeClock();
  const store = memoryActivationStore();
  let arrivals: PromiseWithResolvers<void>[] = [];
  const records = readableRecords(
    store,
    () => {
      const arrival = Promise.withResolvers<void>();
      arrivals.push(arrival);
      return arrival.promise;
    },
    clock,
  );
  const put = (): { readonly isDone: () => boolean } => {
    let done = false;
    void records.put(anActivation()).then(() => {
      done = true;
    });
    return { isDone: () => done };
  };
  const end = (how: "resolve" | "reject"): void => {
    for (const arrival of arrivals) arrival[how]();
    arrivals = [];
  };
  return { clock, put, end };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("records that others are to read", () => {
  test("are put when everybody can read them", async ({ expect }) => {
    const { put, end } = world();
    const one = put();
    await turn();
    expect(one.isDone()).toBe(false);
    end("resolve");
    await turn();
    expect(one.isDone()).toBe(true);
  });

  test("are put without that while the shared store is away, and with it again afterwards", async ({ expect }) => {
    const { put, end, clock } = world();
    const slow = put();
    await turn();
    clock.advance(2_000);
    await turn();
    const next = put();
    await turn();
    expect([slow.isDone(), next.isDone()]).toEqual([true, true]);

    end("reject");
    await turn();
    const still = put();
    await turn();
    expect(still.isDone()).toBe(true);
    end("resolve");
    await turn();
    const back = put();
    await turn();
    expect(back.isDone()).toBe(false);
  });
});
