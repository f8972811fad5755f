import { ServiceUnavailable, TooManyRequests } from "@meringue/core";
import { describe, test } from "vitest";
import { checkQueue } from "./queue-bound.ts";

/** Lets namespaces fill a queue one after the other, each until it is refused. @returns how many of each wait. */
function filled(limit: number, namespaces: readonly string[]): { counts: number[]; refusals: unknown[] } {
  const counts = new Map<string, number>();
  const queue = {
    get waiting() {
      return [...counts.values()].reduce((a, b) => a + b, 0);
    },
    waitingOf: (namespace: string) => counts.get(namespace) ?? 0,
  };
  const refusals = namespaces.map((namespace) => {
    for (;;) {
      try {
        checkQueue(queue, namespace, limit);
      } catch (error) {
        return error;
      }
      counts.set(namespace, queue.waitingOf(namespace) + 1);
    }
  });
  return { counts: [...counts.values()], refusals };
}

describe("the queue", () => {
  test("leaves room for others, however much one namespace asks for", ({ expect }) => {
    const { counts, refusals } = filled(1_000, ["flood", "second", "third"]);

    expect(counts).toEqual([800, 160, 32]);
    expect(refusals.every((error) => error instanceof TooManyRequests)).toBe(true);
    expect(refusals[0]).toMatchObject({
      message: "Too many concurrent requests in flight (count: 800, allowed: 800).",
      retryAfterSeconds: 1,
    });
  });

  test("that is full takes nobody's", ({ expect }) => {
    const { counts, refusals } = filled(3, ["a", "b", "c", "d"]);

    expect(counts.reduce((a, b) => a + b)).toBe(3);
    expect(refusals.at(-1)).toBeInstanceOf(ServiceUnavailable);
  });
});
