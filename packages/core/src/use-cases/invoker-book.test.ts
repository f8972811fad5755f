import type { InvokerInfo } from "@meringue/core";
import { fakeClock } from "@meringue/testkit";
import { describe, test } from "vitest";
import { invokerBook } from "./invoker-book.ts";

function world(trusted = true) {
  const clock = fakeClock();
  const book = invokerBook({ clock, trusted });
  const told: string[][] = [];
  book.watch((invokers: readonly InvokerInfo[]) => told.push(invokers.map(({ health }) => health)));
  return { clock, book, told, last: () => told.at(-1) };
}

describe("a book of invokers", () => {
  test("tells nothing twice: a word that says nothing new wakes nobody", ({ expect }) => {
    const { book, told } = world();
    book.heard({ instance: 0, userMemoryMb: 256 });
    const before = told.length;
    book.heard({ instance: 0, userMemoryMb: 256 });

    expect(told).toHaveLength(before);
  });

  test("one that is silent for ten seconds is offline, however often it spoke before", ({ expect }) => {
    const { clock, book, last } = world();
    for (let second = 0; second < 5; second++) {
      book.heard({ instance: 0, userMemoryMb: 256 });
      clock.advance(1_000);
    }
    clock.advance(8_999);
    expect(last()).toEqual(["healthy"]);
    clock.advance(1);
    expect(last()).toEqual(["offline"]);
    book.heard({ instance: 0, userMemoryMb: 256 });
    expect(last()).toEqual(["healthy"]);
    clock.advance(10_000);
    expect(last()).toEqual(["offline"]);
  });

  test("of one that nobody has heard, nothing is believed", ({ expect }) => {
    const { book, last } = world();
    book.report(0, "success");
    book.gone(3);
    expect(last()).toEqual([]);
  });

  test("without trust an invoker has to succeed once before it takes work", ({ expect }) => {
    const { book, last } = world(false);
    book.heard({ instance: 0, userMemoryMb: 256 });
    expect(last()).toEqual(["unhealthy"]);
    book.report(0, "success");
    expect(last()).toEqual(["healthy"]);
  });
});
