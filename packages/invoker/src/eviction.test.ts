import { describe, test } from "vitest";
import { tableWorld } from "../test/table-world.ts";
import { roomMaker } from "./eviction.ts";
import type { PooledContainer } from "./pooled-container.ts";

function aRoom(memoryMb = 1024) {
  const world = tableWorld();
  const evicted: PooledContainer[] = [];
  const priorities: number[] = [];
  const make = roomMaker(world.table, memoryMb, { evicted: (priority) => void priorities.push(priority) }, (pooled) => {
    evicted.push(pooled);
    pooled.state = "removing";
  });
  const room = (wantedMb: number, claimedMb = 0, kind = "nodejs:24") =>
    make.makeRoom({ kind, image: "image", pull: "never", memoryMb: wantedMb }, claimedMb);
  return { ...world, room, evictIdle: make.evictIdle, evicted, priorities };
}

describe("room for a container", () => {
  test("is there while memory is free, and not promised to others", ({ expect }) => {
    const { has, room } = aRoom();
    has("busy", { memoryMb: 512 });

    expect([room(512), room(513), room(512, 1)]).toEqual(["now", "none", "none"]);
  });

  test("comes from the container that is least worth keeping", ({ expect }) => {
    const { has, room, evicted, priorities } = aRoom(512);
    has("idle", { idleSince: 1 }).keepPriority = 2;
    const least = has("paused", { idleSince: 2 });
    least.keepPriority = 1;

    expect(room(256)).toBe("soon");
    expect([evicted, priorities]).toEqual([[least], [1]]);
  });

  test("comes of two that are worth as much from the one that was idle the longest", ({ expect }) => {
    const { has, room, evicted } = aRoom(512);
    has("idle", { idleSince: 2 });
    const oldest = has("paused", { idleSince: 1 });

    expect(room(256)).toBe("soon");
    expect(evicted).toEqual([oldest]);
  });

  test("is waited for when enough is leaving already", ({ expect }) => {
    const { has, room, evicted } = aRoom(512);
    has("removing");
    has("idle");

    expect(room(256)).toBe("soon");
    expect(evicted).toEqual([]);
  });

  test("takes nobody's place that is not needed for it", ({ expect }) => {
    const { has, room, evicted } = aRoom(768);
    has("idle", { memoryMb: 128, idleSince: 1 });
    has("idle", { memoryMb: 128, idleSince: 2 });
    const large = has("idle", { memoryMb: 512, idleSince: 3 });

    expect(room(512)).toBe("soon");
    expect(evicted).toEqual([large]);
  });

  test("takes nobody's place when that would not be enough", ({ expect }) => {
    const { has, room, evicted } = aRoom(512);
    has("idle");
    has("busy");

    expect(room(512)).toBe("none");
    expect(evicted).toEqual([]);
  });

  test("comes from stem cells last, and never from those of the same class", ({ expect }) => {
    const { has, room, evicted } = aRoom(768);
    has("cell");
    const other = has("cell", { kind: "other" });
    const warm = has("idle", { idleSince: 9 });

    expect([room(256), evicted]).toEqual(["soon", [warm]]);
    expect([room(256, 256), evicted]).toEqual(["soon", [warm, other]]);
    expect(room(256, 512)).toBe("none");
  });

  test("is collected bit by bit where it does not suffice, and no more than is asked for", ({ expect }) => {
    const { has, evictIdle, evicted } = aRoom(1024);
    const [a, b] = [has("idle", { idleSince: 1 }), has("paused", { idleSince: 2 })];
    has("idle", { idleSince: 3 });

    expect([evictIdle(300), evicted]).toEqual([512, [a, b]]);
    expect([evictIdle(512), evicted.length]).toEqual([256, 3]);
  });

  test.for(["initializing", "busy", "draining", "pausing", "resuming"] as const)(
    "does not come from a container that is %s",
    (state, { expect }) => {
      const { has, room } = aRoom(256);
      has(state);

      expect(room(256)).toBe("none");
    },
  );
});
