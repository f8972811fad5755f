import { expect, test } from "vitest";
import { boundedMap } from "./bounded-map.ts";

test("a bounded map forgets what was used longest ago", () => {
  const map = boundedMap<number>(2);
  map.set("a", 1, 1);
  map.set("b", 2, 1);
  map.get("a");
  map.set("c", 3, 1);
  expect([...map.entries()]).toEqual([
    ["a", 1],
    ["c", 3],
  ]);
});

test("a bounded map keeps nothing that is larger than all it may hold, and counts a replaced value once", () => {
  const map = boundedMap<number>(10, 100);
  map.set("a", 1, 101);
  expect(map.size).toBe(0);
  map.set("a", 1, 60);
  map.set("a", 2, 60);
  map.set("b", 3, 40);
  expect(map.size).toBe(2);
  map.clear();
  map.set("c", 4, 100);
  expect(map.get("c")).toBe(4);
});
