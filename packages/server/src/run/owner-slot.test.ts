import { test } from "vitest";
import { ownerSlot } from "./owner-slot.ts";

const elsewhere = process.platform !== "linux";

test("two at a time have different names", async ({ expect }) => {
  const [one, other] = await Promise.all([ownerSlot(), ownerSlot()]);
  expect(one.ownerId).toMatch(/^[a-z0-9]{12}$/);
  expect(other.ownerId).not.toBe(one.ownerId);
  await Promise.all([one.release(), other.release()]);
});

test.skipIf(elsewhere)("a name that was given back is taken again (Linux)", async ({ expect }) => {
  const seen = new Set<string>();
  for (let time = 0; time < 20 && seen.size === time; time++) {
    const { ownerId, release } = await ownerSlot();
    seen.add(ownerId);
    await release();
  }
  expect(seen.size).toBeLessThan(20);
});
