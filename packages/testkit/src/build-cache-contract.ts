import type { BuildCache } from "@meringue/core";
import { describe, test } from "vitest";

const KEYS = ["a", "b", "c"].map((letter) => letter.repeat(64));
const [A, B, C] = KEYS as [string, string, string];

function archive(letter: string, bytes: number): Buffer {
  return Buffer.alloc(bytes, letter);
}

/**
 * The contract of {@link BuildCache}: each adapter's test file calls this with its own maker.
 * @param make an empty one that has room for so many bytes
 */
export function buildCacheContract(name: string, make: (maxBytes: number) => Promise<BuildCache>): void {
  describe(`${name} as a build cache`, () => {
    test("gives back what it was given, and nothing for any other key", async ({ expect }) => {
      const cache = await make(1_000);
      await cache.put(A, archive("x", 10));
      expect([await cache.get(A), await cache.get(B)]).toEqual([archive("x", 10), undefined]);
    });

    test("keeps the later of two builds", async ({ expect }) => {
      const cache = await make(1_000);
      await cache.put(A, archive("x", 10));
      await cache.put(A, archive("y", 20));
      expect(await cache.get(A)).toEqual(archive("y", 20));
    });

    test("forgets what it is told to, and does not mind when it is not there", async ({ expect }) => {
      const cache = await make(1_000);
      await cache.put(A, archive("x", 10));
      await cache.forget(A);
      await cache.forget(B);
      expect(await cache.get(A)).toBeUndefined();
    });

    test("lets what was used longest ago go for what is new", async ({ expect }) => {
      const cache = await make(100);
      await cache.put(A, archive("x", 40));
      await cache.put(B, archive("y", 40));
      await cache.get(A);
      await cache.put(C, archive("z", 40));
      const kept = await Promise.all([A, B, C].map((key) => cache.get(key)));
      expect(kept.map((each) => each?.length)).toEqual([40, undefined, 40]);
    });

    test("does not keep what is larger than itself, and loses nothing for it but the build of the same key", async ({
      expect,
    }) => {
      const cache = await make(100);
      await cache.put(A, archive("x", 40));
      await cache.put(B, archive("y", 40));
      await cache.put(B, archive("z", 101));
      expect([(await cache.get(A))?.length, await cache.get(B)]).toEqual([40, undefined]);
    });
  });
}
