import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { offsetLedger } from "./offset-ledger.ts";

describe("an offset ledger", () => {
  test("commits up to the oldest message that is not settled", () => {
    const ledger = offsetLedger();
    for (const offset of [5n, 6n, 7n]) expect(ledger.arrived(offset)).toBe(true);
    expect(ledger.committable()).toBeUndefined();
    ledger.settle(6n);
    expect(ledger.committable()).toBeUndefined();
    ledger.settle(5n);
    expect(ledger.committable()).toBe(7n);
    ledger.committed(7n);
    expect(ledger.committable()).toBeUndefined();
    ledger.settle(7n);
    expect([ledger.committable(), ledger.waiting]).toEqual([8n, 0]);
  });

  test("takes nothing twice that comes again after a reconnect, settled or not", () => {
    const ledger = offsetLedger();
    for (const offset of [0n, 1n, 2n]) ledger.arrived(offset);
    ledger.settle(0n);
    ledger.settle(2n);
    ledger.committed(1n);
    expect([1n, 2n, 3n].map((offset) => ledger.arrived(offset))).toEqual([false, false, true]);
  });

  test("begins anew with a log that did", () => {
    const ledger = offsetLedger();
    for (const offset of [10n, 11n]) ledger.arrived(offset);
    ledger.settle(10n);
    ledger.committed(11n);
    expect(ledger.arrived(0n)).toBe(true);
    ledger.settle(11n);
    expect(ledger.committable()).toBeUndefined();
    ledger.settle(0n);
    expect(ledger.committable()).toBe(1n);
  });

  test("lets go of what was under way when somebody else has gone on meanwhile", () => {
    const ledger = offsetLedger();
    ledger.arrived(0n);
    expect(ledger.arrived(9n)).toBe(true);
    ledger.settle(9n);
    expect(ledger.committable()).toBe(10n);
  });

  test("never commits past what is not settled, in whatever order things are settled", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(20).keys()]), fc.nat(20), (settled, commitAfter) => {
        const ledger = offsetLedger();
        for (let offset = 0n; offset < 20n; offset++) ledger.arrived(offset);
        settled.forEach((offset, i) => {
          ledger.settle(BigInt(offset));
          const upTo = i === commitAfter ? ledger.committable() : undefined;
          if (upTo !== undefined) ledger.committed(upTo);
        });
        const open = [...Array(20).keys()].filter((offset) => !settled.includes(offset));
        expect(ledger.settledUpTo).toBe(BigInt(open[0] ?? 20));
        expect(ledger.waiting).toBe(open.length);
      }),
    );
  });
});
