import { fakeClock } from "@meringue/testkit";
import { describe, expect, test } from "vitest";
import { lease } from "./lease.ts";
import { seenIds } from "./seen-ids.ts";
import { steadyAssigner } from "./steady-assigner.ts";

describe("a lease", () => {
  test("holds for as long as the broker keeps a silent member, counted from when the heartbeat left", () => {
    const clock = fakeClock();
    const held = lease(clock, 1_000);
    expect(held.isHeld()).toBe(false);
    held.placed(true);
    clock.advance(900);
    held.asking();
    clock.advance(90);
    held.kept();
    clock.advance(909);
    expect(held.isHeld()).toBe(true);
    clock.advance(1);
    expect(held.isHeld()).toBe(false);
  });

  test("is not held by a member that waits for its place, or has lost it", () => {
    const held = lease(fakeClock(), 1_000);
    held.placed(false);
    held.asking();
    held.kept();
    expect(held.isHeld()).toBe(false);
    held.placed(true);
    held.lost();
    expect(held.isHeld()).toBe(false);
  });
});

describe("an assigner", () => {
  const UUID = "01234567-89ab-cdef-0123-456789abcdef";
  const members = (...ids: string[]) => new Map(ids.map((id) => [id, { memberId: id, version: 0 }]));
  const owner = (assigned: { memberId: string; assignments: Map<string, unknown> }[]): string | undefined =>
    assigned.find(({ assignments }) => assignments.has("invoker0"))?.memberId;
  const assign = (assigner: ReturnType<typeof steadyAssigner>, ...ids: string[]): string | undefined =>
    owner(assigner.assign("me", members(...ids), new Set(["invoker0"]), {} as never));

  test("prefers the invoker itself, and leaves the topic where it is", () => {
    const assigner = steadyAssigner("invoker0", "invoker0");
    expect(assign(assigner, `a-${UUID}`, `invoker0-${UUID}`)).toBe(`invoker0-${UUID}`);
    expect(assign(assigner, `a-${UUID}`)).toBe(`a-${UUID}`);
    expect(assign(assigner, `a-${UUID}`, `invoker0-${UUID}`)).toBe(`a-${UUID}`);
  });

  test("leaves it with a member that had it before this one decided", () => {
    const assigner = steadyAssigner("invoker0", "invoker0");
    assigner.owned(`rescuer-${UUID}`);
    expect(assign(assigner, `invoker0-${UUID}`, `rescuer-${UUID}`)).toBe(`rescuer-${UUID}`);
  });

  test("knows a place again when another process has it", () => {
    const assigner = steadyAssigner("invoker0", "invoker0");
    assigner.owned(`b-${UUID}`);
    const next = `b-${UUID.replace("0", "f")}`;
    expect(assign(assigner, `a-${UUID}`, next)).toBe(next);
  });
});

test("ids that were seen are known until too many came after them", () => {
  const seen = seenIds(2);
  expect(["a", "a", "b", "c", "b", "a"].map((id) => seen.add(id))).toEqual([true, false, true, true, false, true]);
});
