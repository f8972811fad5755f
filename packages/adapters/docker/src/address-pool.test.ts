import fc from "fast-check";
import { describe, test } from "vitest";
import { addressPool } from "./address-pool.ts";

describe("a pool of addresses", () => {
  test("gives out neither the network's address, the gateway's, nor the broadcast's", ({ expect }) => {
    const pool = addressPool("10.1.2.8/29", ["10.1.2.9"]);
    const all = Array.from({ length: 5 }, (_, index) => pool.take(`c${index}`));
    expect(all).toEqual(["10.1.2.10", "10.1.2.11", "10.1.2.12", "10.1.2.13", "10.1.2.14"]);
    expect(() => pool.take("one too many")).toThrow("no free address in 10.1.2.8/29");
  });

  test("offers a released address only after all others had their turn", ({ expect }) => {
    const pool = addressPool("172.18.0.0/16", ["172.18.0.1"]);
    const first = pool.take("a");
    pool.release(first);
    expect(pool.take("b")).not.toBe(first);
    expect(pool.holderOf(first)).toBeUndefined();
  });

  test("goes over into the next byte", ({ expect }) => {
    const pool = addressPool("172.18.0.0/16", ["172.18.0.1"]);
    const addresses = Array.from({ length: 300 }, () => pool.take("c"));
    expect(addresses.at(-1)).toBe("172.18.1.45");
  });

  test("tells who holds an address, and nobody for the host's own and strangers'", ({ expect }) => {
    const pool = addressPool("192.168.16.0/20", ["192.168.16.1"]);
    expect(pool.holderOf(pool.take("wsk0_1"))).toBe("wsk0_1");
    expect(pool.holderOf("192.168.16.1")).toBeUndefined();
    expect(pool.holderOf("8.8.8.8")).toBeUndefined();
  });

  test("never gives one address to two holders", ({ expect }) => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (takes) => {
        const pool = addressPool("10.0.0.0/28", ["10.0.0.1"]);
        const held: string[] = [];
        for (const take of takes) {
          if (!take) pool.release(held.shift() ?? "10.0.0.2");
          else if (held.length < 13) held.push(pool.take("c"));
        }
        expect(new Set(held).size).toBe(held.length);
      }),
    );
  });
});
