import { fakeClock } from "@meringue/testkit";
import { describe, test } from "vitest";
import type { Chunk } from "./journal-writer.ts";
import { recordMover } from "./record-mover.ts";

const segment = { number: 1, path: "1.journal" };
const chunk = (from: number, to: number, over: Partial<Chunk> = {}): Chunk => ({
  segment,
  from,
  to,
  records: 1,
  ...over,
});
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A mover whose database can be switched off. */
function world() {
  const clock = fakeClock();
  const moved: string[] = [];
  const reports: string[] = [];
  const database = { full: false };
  const mover = recordMover({
    async move({ segment: { number }, from, to }) {
      if (database.full) throw new Error("disk full");
      moved.push(`${number}:${from}-${to}`);
    },
    onMoved: () => undefined,
    report: (line) => reports.push(line),
    clock,
  });
  return { clock, moved, reports, database, mover };
}

describe("moving records into the database", () => {
  test("waits a little, so that what was written in the meantime goes along", async ({ expect }) => {
    const { clock, moved, mover } = world();
    mover.add(chunk(0, 10));
    mover.add(chunk(10, 30));
    await settled();
    expect(moved).toEqual([]);

    clock.advance(100);
    await settled();

    expect(moved).toEqual(["1:0-30"]);
    expect(mover.hasMoved(1)).toBe(true);
  });

  test("happens at once when somebody asks for what was written", async ({ expect }) => {
    const { moved, mover } = world();
    mover.add(chunk(0, 10));
    await mover.drained();

    expect(moved).toEqual(["1:0-10"]);
  });

  test("keeps segments apart, in order, and batches bounded", async ({ expect }) => {
    const { moved, mover } = world();
    mover.add(chunk(0, 200_000));
    mover.add(chunk(200_000, 300_000));
    mover.add(chunk(0, 5, { segment: { number: 2, path: "2.journal" } }));
    expect(mover.hasMoved(1)).toBe(false);
    await mover.drained();

    expect(moved).toEqual(["1:0-200000", "1:200000-300000", "2:0-5"]);
  });

  test("skips stretches without records, which no segment needs to wait for", async ({ expect }) => {
    const { clock, moved, mover } = world();
    mover.add(chunk(0, 10, { records: 0 }));

    expect(mover.hasMoved(1)).toBe(true);
    await mover.drained();
    clock.advance(100);
    await settled();
    expect(moved).toEqual([]);
  });

  test("that fails tells who waits, says so, and is tried again by itself", async ({ expect }) => {
    const { clock, moved, reports, database, mover } = world();
    database.full = true;
    mover.add(chunk(0, 10));
    await expect(mover.drained()).rejects.toThrow("disk full");
    expect(reports).toEqual([expect.stringMatching(/stay in the journal.*disk full/)]);

    database.full = false;
    clock.advance(1000);
    await settled();

    expect(moved).toEqual(["1:0-10"]);
    expect(reports).toHaveLength(2);
    expect(reports[1]).toMatch(/again/);
    await mover.drained();
  });

  test("that keeps failing is said once a minute", async ({ expect }) => {
    const { clock, reports, database, mover } = world();
    database.full = true;
    mover.add(chunk(0, 10));
    clock.advance(100);
    for (let second = 0; second < 59; second++) {
      await settled();
      clock.advance(1000);
    }
    await settled();
    expect(reports).toHaveLength(1);

    clock.advance(1000);
    await settled();
    expect(reports).toHaveLength(2);
  });
});
