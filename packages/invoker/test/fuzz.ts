import fc, { type Arbitrary, type Parameters } from "fast-check";

const factor = Number(process.env["MERINGUE_FUZZ_FACTOR"] ?? "");

/**
 * How often a property is tried: so many times, with the same values each time. `MERINGUE_FUZZ_FACTOR=N` tries it N times
 * as often, with other values each time; a failure prints the seed.
 */
export function tries(numRuns: number): Parameters<unknown> {
  return factor > 0 ? { numRuns: Math.ceil(numRuns * factor) } : { numRuns, seed: 20_261_123 };
}

/** Whether more is asked for than the suite does by itself: then a property may take minutes. */
export const FUZZ_TIMEOUT_MS = 30_000 * Math.max(1, factor || 1);

/** Cuts bytes anywhere: at lengths that repeat. */
export const anyCut: Arbitrary<readonly number[]> = fc.array(fc.integer({ min: 1, max: 40 }), {
  minLength: 1,
  maxLength: 6,
});

/** @returns `bytes` in pieces as long as `lengths` say, again and again. */
export function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const length = lengths[pieces.length % lengths.length] ?? 1;
    pieces.push(bytes.subarray(from, from + length));
    from += length;
  }
  return pieces;
}

/** What happens to bytes on their way from somebody who means no good. */
type Mutation =
  | { readonly do: "set"; readonly at: number; readonly to: number }
  | { readonly do: "drop" | "double"; readonly at: number; readonly length: number }
  | { readonly do: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly do: "end"; readonly at: number };

const at = fc.nat(2_000);
const anyByte = fc.oneof(fc.constantFrom(0x00, 0x0a, 0x0d, 0x20, 0x3a, 0x30, 0xff), fc.integer({ min: 0, max: 255 }));
const anyMutation: Arbitrary<Mutation> = fc.oneof(
  fc.record({ do: fc.constant("set" as const), at, to: anyByte }),
  fc.record({ do: fc.constantFrom("drop" as const, "double" as const), at, length: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ do: fc.constant("insert" as const), at, bytes: fc.uint8Array({ minLength: 1, maxLength: 20 }) }),
  fc.record({ do: fc.constant("end" as const), at }),
);
/** Mostly none, so that much of what follows is still understood. */
export const anyMutations: Arbitrary<readonly Mutation[]> = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(anyMutation, { minLength: 1, maxLength: 3 }) },
);

/** Bytes as they arrive. */
export function mutated(bytes: Buffer, mutations: readonly Mutation[]): Buffer {
  let now = bytes;
  for (const mutation of mutations) {
    if (now.length === 0) return now;
    const place = mutation.at % now.length;
    const [before, after] = [now.subarray(0, place), now.subarray(place)];
    if (mutation.do === "set") {
      now = Buffer.from(now);
      now[place] = mutation.to;
    } else if (mutation.do === "drop") now = Buffer.concat([before, after.subarray(mutation.length)]);
    else if (mutation.do === "double") now = Buffer.concat([before, after.subarray(0, mutation.length), after]);
    else if (mutation.do === "insert") now = Buffer.concat([before, mutation.bytes, after]);
    else now = before;
  }
  return now;
}
