import fc from "fast-check";
import { describe, test } from "vitest";
import { type ContainerEvent, type ContainerState, IllegalTransition, nextState } from "./container-life.ts";

const STATES: readonly ContainerState[] = [
  "starting",
  "cell",
  "initializing",
  "busy",
  "draining",
  "idle",
  "pausing",
  "paused",
  "resuming",
  "removing",
  "gone",
];
const EVENTS: readonly ContainerEvent[] = [
  "created",
  "assign",
  "initialized",
  "run",
  "done",
  "retire",
  "pause",
  "paused",
  "resumed",
  "evict",
  "fail",
  "removed",
];
const anyEvents = fc.array(fc.constantFrom(...EVENTS), { maxLength: 40 });

const after = (...events: ContainerEvent[]) => events.reduce<ContainerState>(nextState, "starting");

/** Takes the steps that the table has, and leaves the state alone where it has none. */
function skipIllegal(state: ContainerState, event: ContainerEvent): ContainerState {
  try {
    return nextState(state, event);
  } catch (error) {
    if (error instanceof IllegalTransition) return state;
    throw error;
  }
}

describe("a container", () => {
  test("becomes a stem cell, then somebody's, works and is idle", ({ expect }) => {
    expect(after("created")).toBe("cell");
    expect(after("created", "assign", "initialized", "run", "done")).toBe("idle");
  });

  test("that sat idle is paused, and runs again without being initialized again", ({ expect }) => {
    const paused = ["created", "assign", "initialized", "done", "pause", "paused"] as const;

    expect(after(...paused, "run", "resumed")).toBe("busy");
    expect(() => after(...paused, "assign")).toThrow(IllegalTransition);
  });

  test("that drains takes nothing more and only ends", ({ expect }) => {
    expect(EVENTS.filter((event) => skipIllegal("draining", event) !== "draining")).toEqual(["fail"]);
  });

  test.for(STATES.filter((state) => state !== "gone"))("that is %s can fail", (state, { expect }) => {
    expect(nextState(state, "fail")).toBe("removing");
  });

  test("is evicted only while it does nothing", ({ expect }) => {
    const evictable = STATES.filter((state) => skipIllegal(state, "evict") === "removing" && state !== "removing");

    expect(evictable).toEqual(["cell", "idle", "paused"]);
  });

  test("belongs to one owner only: it is assigned as a stem cell or never", ({ expect }) => {
    expect(STATES.filter((state) => skipIllegal(state, "assign") !== state)).toEqual(["cell"]);
  });

  test("is never a stem cell again once it was somebody's", ({ expect }) => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        expect(["cell", "starting"]).not.toContain(events.reduce(skipIllegal, "initializing" as ContainerState));
      }),
    );
  });

  test("never comes back once it is being removed", ({ expect }) => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        expect(["removing", "gone"]).toContain(events.reduce(skipIllegal, "removing" as ContainerState));
      }),
    );
  });
});
