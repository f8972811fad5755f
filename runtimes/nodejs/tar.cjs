"use strict";
const zlib = require("node:zlib");

const BLOCK_BYTES = 512;
const CHECKSUM = { start: 148, end: 156 };
const SPACE = 32;
const BASE_256 = 0x80;

/**
 * Lists the entries of a gzipped tar archive: ustar, with the name extensions of GNU and POSIX (pax).
 * @param {Buffer} gzip
 * @param {number} limitBytes the most that may come out of it
 * @returns {Generator<import("./unpack.cjs").Entry>}
 * @throws Error when the archive is broken or larger than the limit
 */
function* readTar(gzip, limitBytes) {
  const tar = zlib.gunzipSync(gzip, { maxOutputLength: limitBytes });
  /** @type {Record<string, string>} what an extension says about the entry after it */
  let next = {};
  for (let at = 0; at + BLOCK_BYTES <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) return;
    if (checksum(header) !== number(header, CHECKSUM.start, CHECKSUM.end)) throw new Error("a header is broken");
    const type = String.fromCharCode(header[156] ?? 0);
    const size = next["size"] === undefined ? number(header, 124, 136) : Number(next["size"]);
    const start = at + BLOCK_BYTES;
    if (start + size > tar.length) throw new Error("it ends too early");
    const body = tar.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
    if (type === "L") next["path"] = text(body, 0, size);
    else if (type === "K") next["linkpath"] = text(body, 0, size);
    else if (type === "x") next = { ...next, ...records(body) };
    else if (type !== "g") {
      const entry = toEntry(type, header, body, next);
      next = {};
      if (entry !== undefined) yield entry;
    }
  }
}

/**
 * @param {string} type
 * @param {Buffer} header
 * @param {Buffer} body
 * @param {Record<string, string>} extension
 * @returns {import("./unpack.cjs").Entry | undefined} undefined for devices and pipes
 */
function toEntry(type, header, body, extension) {
  const prefix = text(header, 257, 262) === "ustar" ? text(header, 345, 500) : "";
  const short = text(header, 0, 100);
  const name = extension["path"] ?? (prefix === "" ? short : `${prefix}/${short}`);
  const target = extension["linkpath"] ?? text(header, 157, 257);
  const common = { name, mode: number(header, 100, 108), size: body.length };
  if (type === "5" || name.endsWith("/")) return { ...common, type: "folder" };
  if (type === "0" || type === "\0" || type === "7") return { ...common, type: "file", read: () => body };
  if (type === "2") return { ...common, type: "symlink", target };
  if (type === "1") return { ...common, type: "hardlink", target };
  return undefined;
}

/** @param {Buffer} bytes @param {number} start @param {number} end */
function text(bytes, start, end) {
  const zero = bytes.subarray(start, end).indexOf(0);
  return bytes.toString("utf8", start, zero === -1 ? end : start + zero);
}

/** @param {Buffer} header @param {number} start @param {number} end */
function number(header, start, end) {
  if (((header[start] ?? 0) & BASE_256) === 0) return Number.parseInt(text(header, start, end).trim() || "0", 8);
  return header.subarray(start + 1, end).reduce((value, byte) => value * 256 + byte, 0);
}

/** @param {Buffer} header */
function checksum(header) {
  return header.reduce((sum, byte, at) => sum + (at >= CHECKSUM.start && at < CHECKSUM.end ? SPACE : byte), 0);
}

/** @param {Buffer} body lines of `LENGTH KEY=VALUE`, their length counted in bytes */
function records(body) {
  /** @type {Record<string, string>} */
  const found = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(SPACE, at);
    const length = Number.parseInt(body.toString("latin1", at, space), 10);
    if (space === -1 || !(length > 0)) throw new Error("an extended header is broken");
    const record = body.toString("utf8", space + 1, at + length - 1);
    const equals = record.indexOf("=");
    found[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return found;
}

module.exports = { readTar };
