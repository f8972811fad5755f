import { describe, test } from "vitest";
import { oneAtATime } from "./one-at-a-time.ts";

describe("work on one key", () => {
  test("takes turns in the order in which it came, and does not wait for that on others", async ({ expect }) => {
    const turns = oneAtATime();
    const done: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = turns.run("a", async () => {
      await gate.promise;
      done.push("a1");
    });
    const second = turns.run("a", async () => done.push("a2"));
    await turns.run("b", async () => done.push("b1"));
    expect(done).toEqual(["b1"]);
    gate.resolve();
    await Promise.all([first, second]);
    expect(done).toEqual(["b1", "a1", "a2"]);
  });

  test("goes on after a failure, which is its caller's alone", async ({ expect }) => {
    const turns = oneAtATime();
    const failing = turns.run("a", () => Promise.reject(new Error("mine")));
    const next = turns.run("a", async () => "fine");
    await expect(failing).rejects.toThrow("mine");
    expect(await next).toBe("fine");
  });
});
