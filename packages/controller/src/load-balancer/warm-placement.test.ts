import { array, assert, constantFrom, integer, property, record } from "fast-check";
import { describe, test } from "vitest";
import { anInvoker, aRequest, mustPlace, placeTimes } from "../../test/placement-world.ts";
import type { Placed, PlacementRequest } from "./placement.ts";
import { warmPlacement } from "./warm-placement.ts";

function placementOn(count: number, controllers = 1, over: object = {}) {
  const placement = warmPlacement();
  const invokers = Array.from({ length: count }, (_, at) => anInvoker(at, over));
  placement.update(invokers, controllers);
  return { placement, invokers };
}

describe("placement by warm containers", () => {
  test("goes back to where the last run left a container", ({ expect }) => {
    const { placement } = placementOn(10);
    const first = mustPlace(placement);
    placement.release(aRequest(), first, true);
    placeTimes(placement, 20, aRequest("other"));

    expect(mustPlace(placement)).toEqual({ instance: first.instance, forced: false, warm: true });
  });

  test("expects no container where the run left none", ({ expect }) => {
    const { placement } = placementOn(10);
    placement.release(aRequest(), mustPlace(placement), false);

    expect(mustPlace(placement).warm).toBe(false);
  });

  test("goes to containers that other controllers had made, once their invoker tells of them", ({ expect }) => {
    const { placement, invokers } = placementOn(10);
    placement.update(
      invokers.map((each) => (each.instance === 5 ? { ...each, warm: { hello: 1 } } : each)),
      1,
    );

    expect([mustPlace(placement), mustPlace(placement)].map(({ warm }) => warm)).toEqual([true, false]);
  });

  test("spreads new containers over those with most free memory", ({ expect }) => {
    const { placement } = placementOn(9);
    const where = placeTimes(placement, 8, aRequest("cold"));

    expect(new Set(where).size).toBe(8);
  });

  test("does not push out idle containers of others while there is unused memory elsewhere", ({ expect }) => {
    const { placement, invokers } = placementOn(3);
    const full = { hello: 4 };
    placement.update(
      invokers.map((each) => (each.instance === 2 ? each : { ...each, warm: full })),
      1,
    );

    expect(placeTimes(placement, 3, aRequest("cold", { hash: 0 }))).toEqual([2, 2, 2]);
  });

  test("waits rather than books more than there is", ({ expect }) => {
    const { placement } = placementOn(2);
    const placed = placeTimes(placement, 9);

    expect(placed.slice(0, 8).every((each) => typeof each === "number")).toBe(true);
    expect(placed[8]).toBe("full");
  });

  test("what no invoker could ever take is told apart from what has to wait", ({ expect }) => {
    const { placement, invokers } = placementOn(2);
    expect(placement.place(aRequest("large", { memoryMb: 2_048 }))).toBe("too-large");
    placement.update(
      invokers.map((each) => ({ ...each, health: "draining" as const })),
      1,
    );
    expect(placement.place(aRequest())).toBe("none");
  });

  test("a free place in a container at work is taken before any memory", ({ expect }) => {
    const { placement } = placementOn(4);
    const shared = aRequest("shared", { concurrency: 4 });
    const where = placeTimes(placement, 4, shared);

    expect(new Set(where).size).toBe(1);
    expect(placement.bookedMb(where[0] as number)).toBe(256);
  });

  test("each of two controllers books half, and more only of what nobody uses", ({ expect }) => {
    const { placement, invokers } = placementOn(1, 2);
    expect(placeTimes(placement, 3)).toEqual([0, 0, "full"]);
    const told = (freeMemoryMb: number) =>
      placement.update(
        invokers.map((each) => ({ ...each, freeMemoryMb, heardAt: each.heardAt + freeMemoryMb })),
        2,
      );
    told(512); // enough for one more of each controller
    expect(placeTimes(placement, 2)).toEqual([0, "full"]);
    told(256);
    expect(placeTimes(placement, 1)).toEqual(["full"]);
  });

  test("nothing is booked that its invoker says is in use, whoever uses it", ({ expect }) => {
    const { placement, invokers } = placementOn(1, 1);
    placement.update(
      invokers.map((each) => ({ ...each, freeMemoryMb: 300, heardAt: 2 })),
      1,
    );
    expect(placeTimes(placement, 2)).toEqual([0, "full"]);
  });

  test("what is larger than a controller's share is placed where nothing else runs", ({ expect }) => {
    const { placement } = placementOn(2, 4);
    const large = aRequest("large", { memoryMb: 768 });
    const where = placeTimes(placement, 3, large);

    expect(new Set(where.slice(0, 2))).toEqual(new Set([0, 1]));
    expect(where[2]).toBe("full");
  });

  test("forgets the containers of a process that is no more", ({ expect }) => {
    const { placement, invokers } = placementOn(1);
    placement.release(aRequest(), mustPlace(placement), true);
    placement.update(
      invokers.map((each) => ({ ...each, incarnation: "second" })),
      1,
    );

    expect(mustPlace(placement).warm).toBe(false);
  });

  test("keeps what comes free for the one that it is reserved for", ({ expect }) => {
    const { placement } = placementOn(1);
    const small = [1, 2, 3, 4].map(() => mustPlace(placement));
    const large = aRequest("large", { memoryMb: 1_024 });
    placement.reserveFor(large);
    placement.release(aRequest(), small[0] as Placed, true);
    expect(placement.place(aRequest())).toBe("full");
    for (const each of small.slice(1)) placement.release(aRequest(), each, true);

    expect(placement.place(large)).toMatchObject({ instance: 0 });
    placement.reserveFor(undefined);
  });

  test("whatever comes and goes, no invoker is booked beyond its memory and all comes back", () => {
    const step = record({
      name: constantFrom("a", "b", "c", "d"),
      memoryMb: constantFrom(128, 256, 512, 1_024),
      ends: integer({ min: 0, max: 3 }),
    });
    assert(
      property(array(step, { maxLength: 60 }), integer({ min: 1, max: 5 }), (steps, controllers) => {
        const { placement, invokers } = placementOn(4, controllers);
        const held: [PlacementRequest, Placed][] = [];
        const bookedAll = (): number[] => invokers.map(({ instance }) => placement.bookedMb(instance));
        for (const { name, memoryMb, ends } of steps) {
          const request = aRequest(name, { memoryMb, key: `${name} ${memoryMb}` });
          const placed = placement.place(request);
          if (typeof placed !== "string") held.push([request, placed]);
          for (const [ended, where] of held.splice(0, ends)) placement.release(ended, where, true);
          if (bookedAll().some((booked) => booked < 0 || booked > 1_024)) return false;
        }
        for (const [ended, where] of held) placement.release(ended, where, true);
        return bookedAll().every((booked) => booked === 0);
      }),
    );
  });
});
