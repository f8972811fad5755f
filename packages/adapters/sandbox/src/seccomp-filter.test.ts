import { describe, test } from "vitest";
import { seccompFilter } from "./seccomp-filter.ts";

const ALLOW = "allow";
const AUDIT = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;

/** Runs a filter as the kernel would, for one call. @returns the error number that it answers, or `allow` */
function judge(
  machine: "x64" | "arm64",
  call: number,
  args: readonly number[] = [],
  audit: number = AUDIT[machine],
): unknown {
  const filter = seccompFilter(machine) ?? Buffer.alloc(0);
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call >>> 0, 0);
  data.writeUInt32LE(audit, 4);
  args.forEach((value, index) => data.writeUInt32LE(value >>> 0, 16 + index * 8));
  let accumulator = 0;
  for (let at = 0; at < filter.length / 8; ) {
    const code = filter.readUInt16LE(at * 8);
    const [whenTrue, whenFalse, k] = [
      filter[at * 8 + 2] ?? 0,
      filter[at * 8 + 3] ?? 0,
      filter.readUInt32LE(at * 8 + 4),
    ];
    if (code === 0x06) return k === 0x7fff_0000 ? ALLOW : k - 0x0005_0000;
    if (code === 0x20) accumulator = data.readUInt32LE(k);
    const holds = code === 0x15 ? accumulator === k : code === 0x35 ? accumulator >= k : (accumulator & k) !== 0;
    at += 1 + (code === 0x20 ? 0 : holds ? whenTrue : whenFalse);
  }
  throw new Error("the filter ends without an answer");
}

describe("the system call filter", () => {
  test("lets pass what programs live on", ({ expect }) => {
    const ordinary = [0, 1, 3, 9, 59, 60, 61, 202, 231, 257, 262, 281, 293, 318, 334]; // read write close mmap execve exit …
    for (const call of ordinary) expect(judge("x64", call)).toBe(ALLOW);
  });

  test("refuses keys, mounts, tracing and namespaces", ({ expect }) => {
    for (const call of [101, 165, 166, 155, 248, 249, 250, 272, 308, 321]) expect(judge("x64", call)).toBe(1);
    for (const call of [117, 40, 39, 41, 217, 218, 219, 97, 268, 280]) expect(judge("arm64", call)).toBe(1);
  });

  test("lets processes and threads be made, but no namespaces with them", ({ expect }) => {
    for (const [machine, clone] of [
      ["x64", 56],
      ["arm64", 220],
    ] as const) {
      expect(judge(machine, clone, [0x003d_0f00])).toBe(ALLOW); // a thread
      expect(judge(machine, clone, [0x0120_0011])).toBe(ALLOW); // a fork
      for (const flag of [0x0002_0000, 0x0200_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000]) {
        expect(judge(machine, clone, [flag | 17])).toBe(1);
      }
      expect(judge(machine, 435)).toBe(38); // clone3 is said not to exist, so that libraries use the other
    }
  });

  test("lets sockets be made that a network namespace contains, and no others", ({ expect }) => {
    for (const family of [1, 2, 10, 16]) expect(judge("x64", 41, [family])).toBe(ALLOW);
    for (const family of [17, 38, 40]) expect(judge("x64", 41, [family])).toBe(97);
  });

  test("lets nobody type into a terminal", ({ expect }) => {
    expect(judge("x64", 16, [1, 0x5401])).toBe(ALLOW);
    expect(judge("x64", 16, [1, 0x5412])).toBe(1);
    expect(judge("arm64", 29, [1, 0x541c])).toBe(1);
  });

  test("does not let itself be bypassed by another calling convention", ({ expect }) => {
    expect(judge("x64", 165, [], 0x4000_0003)).toBe(38); // a 32-bit program
    expect(judge("x64", 0x4000_0000 | 165)).toBe(38); // x32
  });

  test("is not there for processors whose call numbers it does not know", ({ expect }) => {
    expect(seccompFilter("riscv64")).toBeUndefined();
  });
});
