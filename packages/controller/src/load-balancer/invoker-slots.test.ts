import { array, assert, boolean, constantFrom, integer, property, record } from "fast-check";
import { describe, test } from "vitest";
import { invokerSlots, type SlotRequest } from "./invoker-slots.ts";

const one = (over: Partial<SlotRequest> = {}): SlotRequest => ({ key: "a", memoryMb: 256, concurrency: 1, ...over });

describe("the books of an invoker", () => {
  test("each activation takes its memory, and gives it back", ({ expect }) => {
    const slots = invokerSlots();
    slots.take(one());
    slots.take(one());
    expect(slots.bookedMb).toBe(512);
    slots.release(one());
    slots.release(one());
    expect(slots.bookedMb).toBe(0);
  });

  test("a container that takes three is booked once for three, and is free when its third place is", ({ expect }) => {
    const slots = invokerSlots();
    const shared = one({ concurrency: 3 });
    const booked = (): number => slots.bookedMb;
    const taken = [1, 2, 3, 4].map(() => [slots.take(shared), booked()]);
    expect(taken).toEqual([
      [true, 256],
      [false, 256],
      [false, 256],
      [true, 512],
    ]);
    const released = [1, 2, 3, 4].map(() => [slots.release(shared), booked()]);
    expect(released).toEqual([
      [true, 256],
      [false, 256],
      [false, 256],
      [true, 0],
    ]);
    expect(slots.hasPlace("a")).toBe(false);
  });

  test("whatever is taken and released, no book goes below nothing, and what is all released is all back", () => {
    const request = record({
      key: constantFrom("a", "b", "c"),
      take: boolean(),
      count: integer({ min: 1, max: 4 }),
    });
    const shapes: Record<string, SlotRequest> = {
      a: one(),
      b: one({ key: "b", concurrency: 2, memoryMb: 128 }),
      c: one({ key: "c", concurrency: 5, memoryMb: 512 }),
    };
    assert(
      property(array(request, { maxLength: 80 }), (steps) => {
        const slots = invokerSlots();
        const held: SlotRequest[] = [];
        for (const { key, take, count } of steps) {
          const shape = shapes[key] as SlotRequest;
          for (let time = 0; time < count; time++) {
            if (take) {
              slots.take(shape);
              held.push(shape);
            } else {
              const at = held.indexOf(shape);
              if (at >= 0) slots.release(held.splice(at, 1)[0] as SlotRequest);
            }
          }
          const least = Object.values(shapes).reduce((sum, each) => {
            const running = held.filter((other) => other === each).length;
            return sum + Math.ceil(running / each.concurrency) * each.memoryMb;
          }, 0);
          if (slots.bookedMb < least) return false;
        }
        for (const each of held) slots.release(each);
        return slots.bookedMb === 0;
      }),
    );
  });
});
