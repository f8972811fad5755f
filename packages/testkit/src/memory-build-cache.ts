import type { BuildCache } from "@meringue/core";

/** Keeps builds in this process, and lets them be looked at. */
export interface MemoryBuildCache extends BuildCache {
  /** By key, what was used longest ago first. */
  readonly builds: ReadonlyMap<string, Buffer>;
}

/** @param maxBytes of all archives together */
export function memoryBuildCache(maxBytes = Number.POSITIVE_INFINITY): MemoryBuildCache {
  const builds = new Map<string, Buffer>();
  const total = (): number => [...builds.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    builds,
    async get(key) {
      const archive = builds.get(key);
      if (archive === undefined || !builds.delete(key)) return undefined;
      builds.set(key, archive);
      return Buffer.from(archive);
    },
    async put(key, archive) {
      builds.delete(key);
      if (archive.length > maxBytes) return;
      builds.set(key, Buffer.from(archive));
      for (const oldest of builds.keys()) {
        if (total() <= maxBytes) return;
        builds.delete(oldest);
      }
    },
    async forget(key) {
      builds.delete(key);
    },
  };
}
