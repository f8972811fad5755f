import type { StemCellConfig } from "@meringue/core";
import { fakeClock } from "@meringue/testkit";
import { describe, test } from "vitest";
import { type CellClass, cellKey } from "./cell.ts";
import { stemCells } from "./stem-cells.ts";

const node: CellClass = { kind: "nodejs:24", image: "node", pull: "never", memoryMb: 256 };
const python: CellClass = { kind: "python:3.11", image: "python", pull: "never", memoryMb: 256 };
const REVIEW_MS = 600_000;

function aKeeper(configs: readonly (readonly [CellClass, Partial<StemCellConfig>])[], room = 10) {
  const cells: string[] = [];
  const clock = fakeClock();
  const count = (cell: CellClass) => cells.filter((key) => key === cellKey(cell)).length;
  const pool = {
    addCell(cell: CellClass) {
      if (cells.length >= room) return false;
      cells.push(cellKey(cell));
      return true;
    },
    countCells: count,
    dropCells(cell: CellClass, many: number) {
      for (let i = 0; i < many; i++) cells.splice(cells.indexOf(cellKey(cell)), 1);
    },
  };
  const plans = configs.map(([cell, config]) => ({
    cell,
    config: { initialCount: 2, memoryMb: cell.memoryMb, ...config },
  }));
  const keeper = stemCells(plans, pool, clock);
  return { keeper, clock, cells, count };
}
const reactive = { minCount: 1, maxCount: 4, ttlMs: 120_000, threshold: 2, increment: 1 };

describe("stem cells", () => {
  test("are kept as many as the manifest says at first", ({ expect }) => {
    const { keeper, count } = aKeeper([
      [node, {}],
      [python, { initialCount: 1 }],
    ]);
    keeper.backfill();

    expect([count(node), count(python), keeper.targetOf(node)]).toEqual([2, 1, 2]);
    expect(keeper.targetOf({ ...node, memoryMb: 128 })).toBe(0);
  });

  test("are replaced when they are used, as far as there is room", ({ expect }) => {
    const { keeper, cells, count } = aKeeper(
      [
        [node, {}],
        [python, {}],
      ],
      3,
    );
    keeper.backfill();
    expect([count(node), count(python)]).toEqual([2, 1]);
    cells.shift();
    keeper.backfill();

    expect([count(node), count(python)]).toEqual([2, 1]);
  });

  test.for([
    [0, 1],
    [1, 1],
    [2, 1],
    [4, 2],
    [7, 3],
    [100, 4],
  ] as const)("that react are, after %i cold starts in ten minutes, %i", ([coldStarts, expected], { expect }) => {
    const { keeper, clock, count } = aKeeper([[node, { reactive }]]);
    keeper.backfill();
    for (let i = 0; i < coldStarts; i++) keeper.coldStart(node);
    keeper.coldStart(python);
    clock.advance(REVIEW_MS);

    expect(count(node)).toBe(expected);
  });

  test("that react count anew from each review on", ({ expect }) => {
    const { keeper, clock, count } = aKeeper([[node, { reactive }]]);
    for (let i = 0; i < 6; i++) keeper.coldStart(node);
    clock.advance(REVIEW_MS);
    expect(count(node)).toBe(3);
    clock.advance(REVIEW_MS);

    expect(count(node)).toBe(1);
  });

  test("that do not react stay as many", ({ expect }) => {
    const { keeper, clock, count } = aKeeper([[node, {}]]);
    keeper.backfill();
    clock.advance(REVIEW_MS);

    expect(count(node)).toBe(2);
  });

  test("that fail are left alone for a while, then tried again", ({ expect }) => {
    const { keeper, clock, cells, count } = aKeeper([
      [node, {}],
      [python, {}],
    ]);
    keeper.backfill();
    cells.length = 0;
    keeper.failed(node);
    keeper.backfill();
    expect([count(node), count(python)]).toEqual([0, 2]);
    clock.advance(30_000);

    expect(count(node)).toBe(2);
  });

  test("are kept no more once that is stopped", ({ expect }) => {
    const { keeper, clock, count } = aKeeper([[node, {}]]);
    keeper.failed(node);
    keeper.stop();
    clock.advance(2 * REVIEW_MS);

    expect(count(node)).toBe(0);
  });
});
