"use strict";
// A folder as a zip: what was built is handed out in the form in which it could be uploaded.
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END = 0x06054b50;
const MADE_BY_UNIX = (3 << 8) | 20;
const VERSION = 20;
const UTF8 = 1 << 11;
const DEFLATED = 8;
/** The first of January 1980, the earliest that the format knows: the same content makes the same archive. */
const DATE = 33;
/** In a build that is handed out with an answer, time counts for more than size. */
const QUICK = 1;

/**
 * @param {string} folder
 * @param {number} limit in characters
 * @returns {string} base64, empty when that would be longer
 */
function archiveOf(folder, limit) {
  const text = zipOf(folder, QUICK).toString("base64");
  return text.length <= limit ? text : "";
}

/**
 * Files with their modes, and symbolic links.
 * @param {string} folder @param {number} [level] of compression, 1 to 9
 */
function zipOf(folder, level) {
  const names = /** @type {string[]} */ (fs.readdirSync(folder, { recursive: true })).sort();
  /** @type {Buffer[]} */
  const parts = [];
  /** @type {Buffer[]} */
  const directory = [];
  let offset = 0;
  for (const name of names) {
    const file = path.join(folder, name);
    const { mode } = fs.lstatSync(file);
    const isLink = (mode & fs.constants.S_IFMT) === fs.constants.S_IFLNK;
    if (!isLink && (mode & fs.constants.S_IFMT) !== fs.constants.S_IFREG) continue;
    const content = isLink ? Buffer.from(fs.readlinkSync(file)) : fs.readFileSync(file);
    const packed = zlib.deflateRawSync(content, level === undefined ? {} : { level });
    const common = commonHeader(name, content, packed.length);
    const local = Buffer.concat([uint32(LOCAL_HEADER), uint16(VERSION), common, Buffer.from(name), packed]);
    directory.push(centralHeader(name, common, mode, offset));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = [uint32(END), uint16(0), uint16(0), uint16(directory.length), uint16(directory.length)];
  return Buffer.concat([...parts, central, ...end, uint32(central.length), uint32(offset), uint16(0)]);
}

/** @param {string} name @param {Buffer} content @param {number} packedBytes */
function commonHeader(name, content, packedBytes) {
  const sizes = [uint32(zlib.crc32(content)), uint32(packedBytes), uint32(content.length)];
  const nameBytes = uint16(Buffer.byteLength(name));
  return Buffer.concat([uint16(UTF8), uint16(DEFLATED), uint16(0), uint16(DATE), ...sizes, nameBytes, uint16(0)]);
}

/** @param {string} name @param {Buffer} common @param {number} mode @param {number} offset */
function centralHeader(name, common, mode, offset) {
  const before = [uint32(CENTRAL_HEADER), uint16(MADE_BY_UNIX), uint16(VERSION)];
  const after = [uint16(0), uint16(0), uint16(0), uint32((mode << 16) >>> 0), uint32(offset)];
  return Buffer.concat([...before, common, ...after, Buffer.from(name)]);
}

/** @param {number} value */
function uint16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** @param {number} value */
function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

module.exports = { archiveOf, zipOf };
