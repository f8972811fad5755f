import fc from "fast-check";
import { describe, test } from "vitest";
import { minHeap } from "./min-heap.ts";

describe("a heap", () => {
  test("gives what is in it in order, whatever came and went in between", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 20 }))), (steps) => {
        const heap = minHeap<number>((a, b) => a < b);
        const model: number[] = [];
        for (const step of steps) {
          if (step === null) expect(heap.pop()).toBe(model.sort((a, b) => a - b).shift());
          else {
            heap.push(step);
            model.push(step);
          }
          expect(heap.size).toBe(model.length);
        }
      }),
    );
  });
});
