"use strict";
const zlib = require("node:zlib");

const END_OF_DIRECTORY = 0x06054b50;
const END_OF_DIRECTORY_BYTES = 22;
const LONGEST_COMMENT_BYTES = 65_535;
const LOCATOR_64 = 0x07064b50;
const LOCATOR_64_BYTES = 20;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const ZIP64_FIELD = 1;
const IN_ZIP64_FIELD = 0xffffffff;
const FLAG_ENCRYPTED = 1;
const MADE_ON_FAT = 0;
const MODE_FORMAT = 0o170000;
const MODE_SYMLINK = 0o120000;
const METHODS = { stored: 0, deflated: 8 };

/**
 * Lists the entries of a zip archive by its central directory; contents are read when asked for.
 * @param {Buffer} zip
 * @returns {Generator<import("./unpack.cjs").Entry>}
 * @throws Error when the archive is broken, encrypted, or compressed in an uncommon way
 */
function* readZip(zip) {
  const { count, start } = findDirectory(zip);
  let at = start;
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(at) !== DIRECTORY_ENTRY) throw new Error("its directory is broken");
    const nameLength = zip.readUInt16LE(at + 28);
    const extraLength = zip.readUInt16LE(at + 30);
    const extraStart = at + DIRECTORY_ENTRY_BYTES + nameLength;
    const stored = {
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      ...sizes(zip, at, zip.subarray(extraStart, extraStart + extraLength)),
    };
    const raw = zip.toString("utf8", at + DIRECTORY_ENTRY_BYTES, extraStart);
    const name = zip[at + 5] === MADE_ON_FAT ? raw.replaceAll("\\", "/") : raw;
    const mode = zip.readUInt16LE(at + 40); // upper half of the external attributes
    at = extraStart + extraLength + zip.readUInt16LE(at + 32);
    const common = { name, mode, size: stored.size };
    if (name.endsWith("/")) yield { ...common, type: "folder" };
    else if ((mode & MODE_FORMAT) === MODE_SYMLINK) {
      yield { ...common, type: "symlink", target: contents(zip, stored, name).toString() };
    } else yield { ...common, type: "file", read: () => contents(zip, stored, name) };
  }
}

/** @param {Buffer} zip */
function findDirectory(zip) {
  const lowest = Math.max(0, zip.length - END_OF_DIRECTORY_BYTES - LONGEST_COMMENT_BYTES);
  for (let at = zip.length - END_OF_DIRECTORY_BYTES; at >= lowest; at--) {
    if (zip.readUInt32LE(at) !== END_OF_DIRECTORY) continue;
    const locator = at - LOCATOR_64_BYTES;
    if (locator >= 0 && zip.readUInt32LE(locator) === LOCATOR_64) {
      const end = Number(zip.readBigUInt64LE(locator + 8));
      return { count: Number(zip.readBigUInt64LE(end + 32)), start: Number(zip.readBigUInt64LE(end + 48)) };
    }
    return { count: zip.readUInt16LE(at + 10), start: zip.readUInt32LE(at + 16) };
  }
  throw new Error("it has no directory");
}

/** @param {Buffer} zip @param {number} at @param {Buffer} extra */
function sizes(zip, at, extra) {
  const found = {
    size: zip.readUInt32LE(at + 24),
    packedSize: zip.readUInt32LE(at + 20),
    offset: zip.readUInt32LE(at + 42),
  };
  for (let field = 0; field + 4 <= extra.length; field += 4 + extra.readUInt16LE(field + 2)) {
    if (extra.readUInt16LE(field) !== ZIP64_FIELD) continue;
    let value = field + 4;
    for (const key of /** @type {const} */ (["size", "packedSize", "offset"])) {
      if (found[key] !== IN_ZIP64_FIELD) continue;
      found[key] = Number(extra.readBigUInt64LE(value));
      value += 8;
    }
  }
  return found;
}

/**
 * @param {Buffer} zip
 * @param {{ flags: number, method: number, crc: number, size: number, packedSize: number, offset: number }} stored
 * @param {string} name
 */
function contents(zip, stored, name) {
  if (stored.flags & FLAG_ENCRYPTED) throw new Error(`${name} is encrypted`);
  if (zip.readUInt32LE(stored.offset) !== LOCAL_HEADER) throw new Error(`${name} is not where the directory says`);
  const start =
    stored.offset + LOCAL_HEADER_BYTES + zip.readUInt16LE(stored.offset + 26) + zip.readUInt16LE(stored.offset + 28);
  const packed = zip.subarray(start, start + stored.packedSize);
  const bytes = unpackOne(packed, stored.method, stored.size, name);
  if (bytes.length !== stored.size) throw new Error(`${name} is not as long as the directory says`);
  if (zlib.crc32 !== undefined && zlib.crc32(bytes) !== stored.crc) throw new Error(`${name} is damaged`);
  return bytes;
}

/** @param {Buffer} packed @param {number} method @param {number} size @param {string} name */
function unpackOne(packed, method, size, name) {
  if (method === METHODS.stored) return packed;
  if (method !== METHODS.deflated) throw new Error(`${name} is compressed by a method that is not supported`);
  return zlib.inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
}

module.exports = { readZip };
