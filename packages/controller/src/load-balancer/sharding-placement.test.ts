import { describe, test } from "vitest";
import { anInvoker, aRequest, mustPlace, placeTimes } from "../../test/placement-world.ts";
import { homeHash } from "./sharding.ts";
import { shardingPlacement } from "./sharding-placement.ts";

function placementOn(count: number, controllers = 1, random = () => 0) {
  const placement = shardingPlacement({ random });
  const invokers = Array.from({ length: count }, (_, at) => anInvoker(at));
  placement.update(invokers, controllers);
  return { placement, invokers };
}

describe("the original's placement", () => {
  test("fills the home of an action first, then the next in its steps, then any by force", ({ expect }) => {
    const { placement } = placementOn(10); // 9 of them take managed kinds
    // home 1, step 7 of 9: see the hash of guest/hello
    expect(placeTimes(placement, 12)).toEqual([1, 1, 1, 1, 8, 8, 8, 8, 6, 6, 6, 6]);
    placeTimes(placement, 4 * 9 - 12);
    expect(mustPlace(placement)).toEqual({ instance: 0, forced: true, warm: false });
    expect(placement.bookedMb(0)).toBe(1_280);
  });

  test("passes by who is not healthy, and gives up when nobody is", ({ expect }) => {
    const { placement, invokers } = placementOn(10);
    placement.update(
      invokers.map((each) => (each.instance === 1 ? { ...each, health: "unresponsive" } : each)),
      1,
    );
    expect(placeTimes(placement, 1)).toEqual([8]);
    placement.update(
      invokers.map((each) => ({ ...each, health: "unhealthy" })),
      1,
    );
    expect(placement.place(aRequest())).toBe("none");
  });

  test("divides each invoker among the controllers, by no less than the least action", ({ expect }) => {
    expect(placeTimes(placementOn(10, 2).placement, 3)).toEqual([1, 1, 8]);
    const { placement } = placementOn(1, 100);
    expect(placeTimes(placement, 1, aRequest("small", { memoryMb: 128 }))).toEqual([0]);
    expect(mustPlace(placement, aRequest("small", { memoryMb: 128 })).forced).toBe(true);
  });

  test("activations that share a container take its memory once", ({ expect }) => {
    const { placement } = placementOn(10);
    const shared = aRequest("hello", { memoryMb: 1_024, concurrency: 3 });
    expect(placeTimes(placement, 7, shared)).toEqual([1, 1, 1, 8, 8, 8, 6]);
  });

  test("images of their own go to the last invokers only", ({ expect }) => {
    const { placement } = placementOn(10);
    expect(placeTimes(placement, 2, aRequest("image", { blackbox: true }))).toEqual([9, 9]);
  });

  test("the action's hash is all that decides where it begins", ({ expect }) => {
    const { placement } = placementOn(10);
    const hash = homeHash("guest", "whisk.system/utils/echo"); // home 2, step 2
    expect(placeTimes(placement, 5, aRequest("echo", { hash }))).toEqual([2, 2, 2, 2, 4]);
  });
});
