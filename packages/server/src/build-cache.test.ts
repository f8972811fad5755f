import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildCache } from "@meringue/core";
import { buildCacheContract } from "@meringue/testkit";
import { describe, onTestFinished, test } from "vitest";
import { folderBuildCache } from "./build-cache.ts";

const KEY = "a".repeat(64);
const OTHER = "b".repeat(64);

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "builds-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

buildCacheContract("a folder", (maxBytes) => folderBuildCache({ folder: aFolder(), maxBytes }));

describe("builds in a folder", () => {
  const reopened = async (folder: string, maxBytes = 1_000): Promise<BuildCache> =>
    folderBuildCache({ folder, maxBytes });

  test("are there for the next process, for nobody but us", async ({ expect }) => {
    const folder = aFolder();
    await (await reopened(folder)).put(KEY, Buffer.from("build"));
    expect((await (await reopened(folder)).get(KEY))?.toString()).toBe("build");
    expect(statSync(join(folder, KEY)).mode & 0o777).toBe(0o600);
  });

  test.for([
    ["cut short", (path: string) => truncateSync(path, 34)],
    ["empty", (path: string) => truncateSync(path, 0)],
    [
      "changed in one bit",
      (path: string) => {
        const bytes = readFileSync(path);
        bytes[40] = (bytes[40] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ],
    ["gone", (path: string) => rmSync(path)],
  ] as const)("that were %s are none, and make room", async ([, damage], { expect }) => {
    const folder = aFolder();
    const cache = await reopened(folder);
    await cache.put(KEY, Buffer.alloc(20, "x"));
    damage(join(folder, KEY));
    expect(await cache.get(KEY)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("go in the order in which they were used, also by an earlier process", async ({ expect }) => {
    const folder = aFolder();
    let time = 1_700_000_000_000;
    const now = (): number => (time += 60_000);
    const first = await folderBuildCache({ folder, maxBytes: 100, now });
    await first.put(KEY, Buffer.alloc(40));
    await first.put(OTHER, Buffer.alloc(40));
    await first.get(OTHER);
    await first.get(KEY);
    const second = await reopened(folder, 100);
    await second.put("c".repeat(64), Buffer.alloc(40));
    expect(readdirSync(folder).sort()).toEqual([KEY, "c".repeat(64)]);
  });

  test("that a process did not finish writing are removed", async ({ expect }) => {
    const folder = aFolder();
    writeFileSync(join(folder, `.${KEY}-00000000`), "half");
    await reopened(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("have keys that lead nowhere else", async ({ expect }) => {
    const cache = await reopened(aFolder());
    await expect(cache.put("../elsewhere", Buffer.alloc(1))).rejects.toThrow(TypeError);
  });
});
