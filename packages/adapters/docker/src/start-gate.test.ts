import { describe, test } from "vitest";
import { startGate } from "./start-gate.ts";

describe("a gate of two places", () => {
  test("lets two in, and the next one when one leaves, in the order in which they came", async ({ expect }) => {
    const gate = startGate(2);
    const inside: string[] = [];
    const enter = async (name: string): Promise<() => void> => {
      const leave = await gate.enter();
      inside.push(name);
      return leave;
    };
    const leaveA = await enter("a");
    await enter("b");
    const c = enter("c");
    const d = enter("d");
    expect(inside).toEqual(["a", "b"]);
    leaveA();
    (await c)();
    await d;
    expect(inside).toEqual(["a", "b", "c", "d"]);
  });

  test("forgets those who give up waiting", async ({ expect }) => {
    const gate = startGate(1);
    const leave = await gate.enter();
    const impatient = new AbortController();
    const waiting = gate.enter(impatient.signal);
    impatient.abort(new Error("no more time"));
    await expect(waiting).rejects.toThrow("no more time");
    leave();
    await expect(gate.enter()).resolves.toBeTypeOf("function");
  });

  test("does not let in who has given up already", async ({ expect }) => {
    await expect(startGate(1).enter(AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
  });
});
