import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import yazl from "yazl";
import { MalformedContent, TooLarge } from "../domain/errors.ts";
import { inspectArchive } from "./inspect-archive.ts";

const MIB = 1024 * 1024;

interface Entry {
  readonly name: string;
  readonly content?: string;
  readonly unixMode?: number;
  /** What the directory claims that it unpacks to. */
  readonly claims?: number;
  /** The name in the local header, where it is another. */
  readonly localName?: string;
}

const LINK = 0o120777;

/** A zip archive, byte by byte, so that it can be wrong where a packer would not let it. */
function zip(...entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content = "", unixMode = 0o100644, claims = content.length, localName = name } of entries) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(claims, 22);
    local.writeUInt16LE(Buffer.byteLength(localName), 26);
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(8, 10);
    head.writeUInt32LE(packed.length, 20);
    head.writeUInt32LE(claims, 24);
    head.writeUInt16LE(Buffer.byteLength(name), 28);
    head.writeUInt32LE((unixMode << 16) >>> 0, 38);
    head.writeUInt32LE(offset, 42);
    locals.push(local, Buffer.from(localName), packed);
    central.push(head, Buffer.from(name));
    offset += 30 + Buffer.byteLength(localName) + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

const inspect = (bytes: Uint8Array, maxUnpackedBytes = MIB) => inspectArchive(bytes, maxUnpackedBytes);

describe("code that is a zip archive", () => {
  test.each([
    ["one that is empty", zip()],
    ["files and folders", zip({ name: "index.js", content: "x" }, { name: "lib/" }, { name: "lib/a.js" })],
    ["a link to a sibling", zip({ name: "a" }, { name: "b", content: "a", unixMode: LINK })],
    ["a link up and down again", zip({ name: "bin/x", content: "../lib/x.js", unixMode: LINK })],
    ["names with dots", zip({ name: "..a/b..c/..." })],
  ])("passes: %s", async (_what, bytes) => {
    await expect(inspect(bytes)).resolves.toBeUndefined();
  });

  test("passes when a packer made it", async () => {
    const file = new yazl.ZipFile();
    file.addBuffer(Buffer.from("{}"), "package.json");
    file.addBuffer(Buffer.from("x".repeat(1000)), "lib/index.js");
    file.addEmptyDirectory("empty");
    file.end({ comment: "", forceZip64Format: true });
    const chunks: Buffer[] = [];
    for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
    await expect(inspect(Buffer.concat(chunks))).resolves.toBeUndefined();
  });

  test.each([
    ["../x"],
    ["a/../../x"],
    ["a/../x"],
    ["/etc/passwd"],
    ["\\x"],
    ["C:\\x"],
    ["a\\..\\..\\x"],
    [".."],
    ["a\0b"],
  ])("is refused for the entry %j", async (name) => {
    await expect(inspect(zip({ name: "index.js" }, { name }))).rejects.toThrow(MalformedContent);
    await expect(inspect(zip({ name }))).rejects.toThrow(/'code' has an entry that leads out of it/);
  });

  test.each([
    ["/etc/passwd", "a"],
    ["..", "a"],
    ["../a", "a"],
    ["../../x", "d/a"],
    ["b/../..", "a"],
    ["C:/x", "a"],
  ])("is refused for a link to %j at %j", async (content, name) => {
    await expect(inspect(zip({ name, content, unixMode: LINK }))).rejects.toThrow(/leads out of it/);
  });

  test("is refused when something lies behind a link, in whatever order", async () => {
    const link = { name: "a/l", content: "..", unixMode: LINK };
    const behind = { name: "a/l/x" };
    await expect(inspect(zip(link, behind))).rejects.toThrow(/leads out of it/);
    await expect(inspect(zip(behind, link))).rejects.toThrow(/leads out of it/);
  });

  test("is refused when its local headers tell other names", async () => {
    await expect(inspect(zip({ name: "good", localName: "../x" }))).rejects.toThrow(/not what its directory says/);
  });

  test("is refused as too large for what it claims to unpack to", async () => {
    const claim = { name: "a", claims: 0.6 * MIB };
    await expect(inspect(zip(claim))).resolves.toBeUndefined();
    await expect(inspect(zip(claim, { ...claim, name: "b" }))).rejects.toThrow(TooLarge);
  });

  test("is refused wherever it is cut off", async () => {
    const whole = zip({ name: "index.js", content: "hello" }, { name: "a/b", content: "hello" });
    for (let length = 4; length < whole.length; length++) {
      await expect(inspect(whole.subarray(0, length))).rejects.toThrow(MalformedContent);
    }
  });

  test("never fails in any other way, whatever byte is wrong", async () => {
    const whole = zip({ name: "index.js", content: "hello" }, { name: "l", content: "index.js", unixMode: LINK });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        await inspect(bytes).catch((error: unknown) => {
          if (!(error instanceof MalformedContent || error instanceof TooLarge)) throw error;
        });
      }),
      { numRuns: 500 },
    );
  });

  test("with 30,000 entries lets the loop have its turns in between", async () => {
    const entries = Array.from({ length: 30_000 }, (_, index) => ({ name: `lib/module-${index}/index.js` }));
    const bytes = zip(...entries);
    let turns = 0;
    let next = setImmediate(function turn() {
      turns++;
      next = setImmediate(turn);
    });
    await inspect(bytes);
    clearImmediate(next);
    expect(turns).toBeGreaterThanOrEqual(14);
  });
});

describe("code that is no zip archive", () => {
  test.each([
    ["nothing", ""],
    ["text", "function main() {}"],
    ["a gzip", "\x1f\x8b\x08"],
    ["two letters", "PK"],
  ])("passes: %s", async (_what, text) => {
    await expect(inspect(Buffer.from(text, "latin1"))).resolves.toBeUndefined();
  });
});
