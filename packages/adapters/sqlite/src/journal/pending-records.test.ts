import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { describe, test } from "vitest";
import { testFolder } from "../test-store.ts";
import { pendingRecords, readRecord } from "./pending-records.ts";
import { encodeRecordEntry } from "./record-entry.ts";
import { createSegment } from "./segment.ts";

const place = (offset: number) => ({ segment: 1, offset, bytes: 10 });
const record = { namespace: "guest", path: "hello", start: 5, head: `{"é":1}`, tail: "{}" };

describe("records that wait in the journal", () => {
  test("are known until the database has got as many, in the order of writing", ({ expect }) => {
    const pending = pendingRecords(2);
    for (const [at, id] of ["a", "b", "c"].entries()) pending.written(id, place(at));

    pending.moved(2); // those of an earlier process
    expect(pending.find("a")).toMatchObject(place(0));
    pending.moved(2);

    expect(pending.find("a")).toBeUndefined();
    expect(pending.find("b")).toBeUndefined();
    expect(pending.find("c")).toMatchObject(place(2));
    expect(pending.find("never")).toBeUndefined();
  });

  test("are the first of their id", ({ expect }) => {
    const pending = pendingRecords(0);
    pending.written("a", place(0));
    pending.written("a", place(1));
    pending.written("b", place(2));
    expect(pending.find("a")).toMatchObject(place(0));

    pending.moved(2);
    expect(pending.find("a")).toBeUndefined();
    expect(pending.find("b")).toMatchObject(place(2));
  });

  test("are known up to a bound, and it can be told when some are not", ({ expect }) => {
    const pending = pendingRecords(1, 2);
    expect(pending.complete).toBe(false); // an earlier process's
    pending.moved(1);
    expect(pending.complete).toBe(true);

    for (const [at, id] of ["a", "b", "c"].entries()) pending.written(id, place(at));
    expect(pending.find("c")).toBeUndefined();
    expect(pending.complete).toBe(false);

    pending.moved(3);
    expect(pending.complete).toBe(true);
  });

  test("are read from their segment, unless that has been dropped meanwhile", async ({ expect }) => {
    const segment = createSegment(await testFolder(), 1);
    const folder = dirname(segment.path);
    segment.append(encodeRecordEntry("first", record));
    const entry = encodeRecordEntry("second", { ...record, path: "pkg/hello" });
    const offset = segment.append(entry);
    await segment.close();
    const second = { segment: 1, offset, bytes: entry.length };

    expect(await readRecord(folder, second)).toEqual({ ...record, path: "pkg/hello" });
    await expect(readRecord(folder, { ...second, offset: offset + 1 })).rejects.toThrow(
      /cannot be read in .*segment 1/,
    );

    await rm(segment.path);
    expect(await readRecord(folder, second)).toBe("moved");
  });
});
