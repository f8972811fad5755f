import { join } from "node:path";
import { type EntityName, ServiceUnavailable } from "@meringue/core";
import { aMessage, anAction, anActivation, type SmallDisk, smallDisk, smallDiskUnavailable } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { testStore } from "../src/test-store.ts";

const WHY_NOT = smallDiskUnavailable();

/** A file system of a few megabytes that goes when the test ends: the only honest way to a full disk. */
async function aSmallDisk(megabytes: number): Promise<SmallDisk> {
  const disk = await smallDisk(megabytes);
  onTestFinished(() => disk[Symbol.asyncDispose]());
  return disk;
}

describe.skipIf(WHY_NOT !== undefined)(`a full disk${WHY_NOT === undefined ? "" : ` (${WHY_NOT})`}`, () => {
  test("fails the records and notes that do not fit, and no others, until there is space again", async ({ expect }) => {
    const disk = await aSmallDisk(8);
    const dataDir = join(disk.folder, "data");
    const reports: string[] = [];
    const store = await testStore(dataDir, { report: (line) => reports.push(line) });
    const kept = [anActivation()];
    await store.activations.put(kept[0] ?? anActivation());
    expect(await store.activations.count({ namespace: "guest" })).toBe(1);
    await disk.fill();

    const large = anActivation({ logs: ["x".repeat(1_000_000)] });
    const failure = await store.activations.put(large).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceUnavailable);
    expect((failure as Error).cause).toMatchObject({ code: "ENOSPC" });
    const message = aMessage({ args: { text: "x".repeat(100_000) } });
    await expect(store.journal.accept(message, true)).rejects.toThrow(ServiceUnavailable);

    await disk.free();
    const later = anActivation();
    await Promise.all([
      store.activations.put(large),
      store.activations.put(later),
      store.journal.accept(message, true),
    ]);
    kept.push(large, later);
    for (const record of kept) expect(await store.activations.get("guest", record.activationId)).toEqual(record);
    await store.close();

    const again = await testStore(dataDir);
    expect((await again.journal.unsettled()).map((each) => each.message.activationId)).toEqual([message.activationId]);
    expect(await again.activations.count({ namespace: "guest" })).toBe(3);
    await again.close();
  });

  test("fails the entities that do not fit, and changes nothing by that", async ({ expect }) => {
    const disk = await aSmallDisk(8);
    const store = await testStore(join(disk.folder, "data"), { report: () => undefined });
    const small = await store.entities.put(anAction(), undefined, { bytes: Buffer.from("small") });
    await disk.fill();

    const huge = store.entities.put(anAction(), small.rev, { bytes: Buffer.alloc(4_000_000, 1) });
    await expect(huge).rejects.toThrow(ServiceUnavailable);
    expect(await store.entities.get(small.id)).toEqual(small);
    expect(await store.entities.getCode(small.id, small.rev)).toEqual(new Uint8Array(Buffer.from("small")));

    await disk.free();
    const name = "later" as EntityName;
    const later = await store.entities.put(anAction({ name }), undefined, { bytes: Buffer.alloc(1_000_000, 1) });
    expect(await store.entities.getCode(later.id, later.rev)).toHaveLength(1_000_000);
    await store.close();
  });
});
