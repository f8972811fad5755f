import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, onTestFinished, test } from "vitest";

const require = createRequire(import.meta.url);
const { archiveOf, zipOf } = require("./archive.cjs") as {
  archiveOf(folder: string, limit: number): string;
  zipOf(folder: string): Buffer;
};
const { unpack } = require("../nodejs/unpack.cjs") as { unpack(bytes: Buffer, folder: string): void };

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "archive-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe("the archive of a build", () => {
  test("unpacks to the same files, modes and links", ({ expect }) => {
    const [from, to] = [aFolder(), aFolder()];
    mkdirSync(join(from, "data/deep"), { recursive: true });
    writeFileSync(join(from, "exec"), "x".repeat(100_000));
    chmodSync(join(from, "exec"), 0o755);
    writeFileSync(join(from, "data/deep/ü.txt"), "");
    symlinkSync("deep/ü.txt", join(from, "data/link"));
    unpack(zipOf(from), to);
    expect(readFileSync(join(to, "exec"), "utf8")).toBe("x".repeat(100_000));
    expect(lstatSync(join(to, "exec")).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(to, "data/deep/ü.txt"), "utf8")).toBe("");
    expect(readlinkSync(join(to, "data/link"))).toBe("deep/ü.txt");
  });

  test("is the same for the same content, and empty when it would be too long", ({ expect }) => {
    const folder = aFolder();
    writeFileSync(join(folder, "exec"), "content");
    const text = archiveOf(folder, 1_000);
    expect(archiveOf(folder, 1_000)).toBe(text);
    expect([archiveOf(folder, text.length), archiveOf(folder, text.length - 1)]).toEqual([text, ""]);
  });
});
