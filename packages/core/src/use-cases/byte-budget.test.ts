import { describe, test } from "vitest";
import { ServiceUnavailable, TooManyRequests } from "../domain/errors.ts";
import type { ActivationMessage, Dispatched, Dispatcher } from "../ports/dispatcher.ts";
import { byteBudget, withinBudget } from "./byte-budget.ts";

const MIB = 2 ** 20;

/** Takes until it is refused. @returns how often it was not, and why then it was. */
function takeAll(budget: ReturnType<typeof byteBudget>, namespace: string, bytes = MIB): [number, unknown] {
  for (let count = 0; ; count++) {
    try {
      budget.take(namespace, bytes);
    } catch (error) {
      return [count, error];
    }
  }
}

describe("a budget of bytes", () => {
  test("leaves some for others, however much one namespace asks for", ({ expect }) => {
    const budget = byteBudget(100 * MIB);
    const taken = ["flood", "second", "third"].map((namespace) => takeAll(budget, namespace));

    expect(taken.map(([count]) => count)).toEqual([80, 16, 3]);
    expect(taken.map(([, error]) => error instanceof TooManyRequests)).toEqual([true, true, true]);
    expect(() => budget.take("fourth", 2 * MIB)).toThrow(ServiceUnavailable);
  });

  test("takes one that is larger than all of it, while nothing else is held", ({ expect }) => {
    const budget = byteBudget(MIB);
    const giveBack = budget.take("a", 5 * MIB);
    expect(() => budget.take("b", 5_000)).toThrow(ServiceUnavailable);
    giveBack();
    giveBack();

    expect(budget.heldBytes).toBe(0);
  });

  test("counts what can't be refused any more, and not what is small", ({ expect }) => {
    const budget = byteBudget(MIB);
    const giveBack = budget.hold("a", 2 * MIB);
    expect(budget.heldBytes).toBe(2 * MIB);
    budget.take("a", 100);
    expect(budget.heldBytes).toBe(2 * MIB);
    giveBack();
    expect(budget.heldBytes).toBe(0);
  });
});

describe("a dispatcher within a budget", () => {
  const message = (argsBytes?: number) =>
    ({ user: { namespace: { name: "guest" } }, argsBytes }) as unknown as ActivationMessage;

  function aDispatcher() {
    const results: PromiseWithResolvers<never>[] = [];
    const inner: Dispatcher = {
      async dispatch(): Promise<Dispatched> {
        const result = Promise.withResolvers<never>();
        results.push(result);
        return { result: result.promise };
      },
    };
    return { inner, results };
  }

  test("holds the arguments of each until it has ended, and refuses what is too much", async ({ expect }) => {
    const budget = byteBudget(10 * MIB);
    const { inner, results } = aDispatcher();
    const dispatcher = withinBudget(inner, budget);
    await dispatcher.dispatch(message(5 * MIB));
    await expect(dispatcher.dispatch(message(5 * MIB))).rejects.toThrow(TooManyRequests);
    await dispatcher.dispatch(message());
    expect([results.length, budget.heldBytes]).toEqual([2, 5 * MIB]);
    results[0]?.resolve(undefined as never);
    await results[0]?.promise;

    expect(budget.heldBytes).toBe(0);
  });

  test("gives back what was taken for one that was refused", async ({ expect }) => {
    const budget = byteBudget(10 * MIB);
    const dispatcher = withinBudget({ dispatch: () => Promise.reject(new ServiceUnavailable()) }, budget);
    await expect(dispatcher.dispatch(message(MIB))).rejects.toThrow(ServiceUnavailable);

    expect(budget.heldBytes).toBe(0);
  });
});
