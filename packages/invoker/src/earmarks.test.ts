import { describe, test } from "vitest";
import { earmarks } from "./earmarks.ts";

describe("memory that is kept for somebody", () => {
  test("grows up to what he needs, and goes with him", ({ expect }) => {
    const kept = earmarks();
    kept.add("a", 256, 512);
    expect([kept.isPart("a"), kept.isPart("b")]).toEqual([true, false]);
    kept.add("a", 512, 512);
    kept.add("b", 128, 128);
    expect([kept.of("a"), kept.of("b"), kept.of("c"), kept.totalMb]).toEqual([512, 128, 0, 640]);
    expect(kept.isPart("a")).toBe(false);
    kept.trim(600);
    expect([kept.of("a"), kept.of("b")]).toEqual([512, 88]);
    kept.trim(400);
    expect([kept.of("a"), kept.of("b"), kept.totalMb]).toEqual([400, 0, 400]);
    kept.trim(300);
    expect([kept.of("a"), kept.of("b"), kept.totalMb]).toEqual([300, 0, 300]);
    kept.add("b", 128, 128);
    kept.keepOnly([{ ownerKey: "b" }]);
    expect([kept.of("a"), kept.totalMb]).toEqual([0, 128]);
    kept.drop("b");
    kept.drop("b");
    expect(kept.totalMb).toBe(0);
  });
});
