import { describe, test } from "vitest";
import { tableWorld } from "../test/table-world.ts";

describe("the table of containers", () => {
  test("finds a container of an owner that has room: a running one before a frozen one", ({ expect }) => {
    const { table, has } = tableWorld();
    has("idle", { owner: "other/a" });
    has("busy");
    const paused = has("paused");
    expect(table.withRoom("guest/a")).toBe(paused);
    const shared = has("busy", { concurrency: 2 });

    expect(table.withRoom("guest/a")).toBe(shared);
    expect(table.withRoom("nobody/a")).toBeUndefined();
  });

  test.for(["starting", "cell", "initializing", "draining", "pausing", "resuming", "removing", "gone"] as const)(
    "finds no room in a container that is %s",
    (state, { expect }) => {
      const { table, has } = tableWorld();
      has(state, { concurrency: 10 });

      expect(table.withRoom("guest/a")).toBeUndefined();
    },
  );

  test("finds no room in a container whose process has ended", ({ expect }) => {
    const { table, has } = tableWorld();
    has("idle").ended = true;

    expect(table.withRoom("guest/a")).toBeUndefined();
  });

  test("counts the memory of all containers, of those being created, and of those that leave", ({ expect }) => {
    const { table, has } = tableWorld();
    const release = table.reserve(512);
    const idle = has("idle", { memoryMb: 128 });
    has("removing", { memoryMb: 64 });
    expect([table.usedMb, table.leavingMb, table.size]).toEqual([704, 64, 2]);
    release();
    table.delete(idle);

    expect([table.usedMb, table.leavingMb, table.size, table.count("guest/a")]).toEqual([64, 64, 1, 1]);
  });

  test("knows the stem cells of a class", ({ expect }) => {
    const { table, has } = tableWorld();
    const cell = has("cell");
    has("cell", { memoryMb: 128 });
    has("cell", { kind: "other" });
    has("idle");

    expect(table.cells("nodejs:24|image|256")).toEqual([cell]);
  });
});
