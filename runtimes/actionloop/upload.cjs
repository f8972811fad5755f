"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { unpack } = require("../nodejs/unpack.cjs");

const EXECUTABLE = 0o755;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const ELF = "\x7fELF";
const SCRIPT = "#!";

/** @param {string} code @param {boolean} binary @returns {Buffer} @throws Error when it is not base64, though it should be */
function decoded(code, binary) {
  if (!binary) return Buffer.from(code);
  const text = code.trim();
  if (text.length % 4 !== 0 || !BASE64.test(text)) throw new Error("the code is not base64");
  return Buffer.from(text, "base64");
}

/**
 * Puts an upload into a folder that exists: an archive is unpacked, anything else becomes the file `exec`.
 * @param {Buffer} bytes @param {string} folder @throws Error when it is an archive and broken
 */
function placeUpload(bytes, folder) {
  const isZip = bytes.toString("latin1", 0, 2) === "PK" && bytes.length > 3 && bytes[2] === 3;
  const isGzip = bytes.length > 1 && bytes.readUInt16BE(0) === 0x1f8b;
  if (isZip || isGzip) unpack(bytes, folder);
  else fs.writeFileSync(path.join(folder, "exec"), bytes, { mode: EXECUTABLE });
}

/** Whether the file `exec` of a folder can be run as it is. @param {string} folder */
function isExecutable(folder) {
  const file = path.join(folder, "exec");
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  const head = Buffer.alloc(4);
  const fd = fs.openSync(file, "r");
  fs.readSync(fd, head);
  fs.closeSync(fd);
  const text = head.toString("latin1");
  return text === ELF || text.startsWith(SCRIPT);
}

module.exports = { decoded, isExecutable, placeUpload, EXECUTABLE };
