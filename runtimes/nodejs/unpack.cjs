"use strict";
// Archives from strangers: nothing is written outside the folder, and nothing larger than it says it is.
const fs = require("node:fs");
const path = require("node:path");
const { readTar } = require("./tar.cjs");
const { readZip } = require("./zip.cjs");

/** All files of an archive together, in bytes. */
const TOTAL_LIMIT_BYTES = 1024 ** 3;
const PERMISSIONS = 0o777;
const ORDINARY_FILE = 0o644;
const OWNER_READS_AND_WRITES = 0o600;

/**
 * @typedef {{ name: string, mode: number, size: number } & (
 *   | { type: "folder" }
 *   | { type: "file", read(): Uint8Array }
 *   | { type: "symlink" | "hardlink", target: string })} Entry
 */

/**
 * Unpacks a zip or a gzipped tar, told apart by their first bytes, into a folder that exists.
 * @param {Buffer} bytes
 * @param {string} folder
 * @throws Error saying that it is neither, is broken, or wants to leave the folder; some files may be there then
 */
function unpack(bytes, folder) {
  const isZip = bytes.length > 3 && bytes.readUInt32BE(0) === 0x504b0304;
  const isGzip = bytes.length > 2 && bytes.readUInt16BE(0) === 0x1f8b;
  if (!isZip && !isGzip) {
    throw new BadArchive("There was an error uncompressing the action archive. The file type is unsupported");
  }
  try {
    write(isZip ? readZip(bytes) : readTar(bytes, TOTAL_LIMIT_BYTES), folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const format = isZip ? "Zip" : "Tar GZ";
    throw new BadArchive(`There was an error uncompressing the action ${format} archive. (${reason})`, {
      cause: error,
    });
  }
}

/** @param {Iterable<Entry>} entries @param {string} folder */
function write(entries, folder) {
  /** @type {(Entry & { target: string })[]} */
  const links = [];
  const made = new Set([folder]);
  /** @param {string} place */
  const makeFolder = (place) => {
    if (made.has(place)) return;
    fs.mkdirSync(place, { recursive: true });
    made.add(place);
  };
  let total = 0;
  for (const entry of entries) {
    const place = path.join(folder, inside(entry.name));
    total += entry.size;
    if (total > TOTAL_LIMIT_BYTES) throw new Error(`it holds more than ${TOTAL_LIMIT_BYTES} bytes`);
    if (entry.type === "folder") {
      makeFolder(place);
      continue;
    }
    makeFolder(path.dirname(place));
    if (entry.type === "file") fs.writeFileSync(place, entry.read(), { mode: permissions(entry.mode) });
    else links.push(entry);
  }
  // Links come last, so that no file is ever written through one.
  for (const link of links) makeLink(link, folder);
}

/** @param {Entry & { target: string }} link @param {string} folder */
function makeLink(link, folder) {
  const place = path.join(folder, inside(link.name));
  if (link.type === "hardlink") {
    fs.copyFileSync(path.join(folder, inside(link.target)), place);
    return;
  }
  // With all `..` in front, and the link in a real folder, what a target names can be told without looking.
  const steps = link.target.split("/").filter((step) => step !== "" && step !== ".");
  const ups = steps.filter((step) => step === "..").length;
  const depth = inside(link.name).split("/").length - 1;
  if (link.target.startsWith("/") || ups > depth || steps.slice(0, ups).some((step) => step !== "..")) {
    throw new Error(`the link ${link.name} leads out of the folder`);
  }
  fs.symlinkSync(link.target, place);
}

/** @param {string} name @returns {string} the same without empty steps @throws Error when it names a place elsewhere */
function inside(name) {
  const steps = name.split("/").filter((step) => step !== "" && step !== ".");
  if (name.startsWith("/") || name.includes("\0") || steps.includes("..")) {
    throw new Error(`the entry ${name} lies outside of the folder`);
  }
  return steps.join("/");
}

/** @param {number} mode */
function permissions(mode) {
  return (mode & PERMISSIONS || ORDINARY_FILE) | OWNER_READS_AND_WRITES;
}

/** What was uploaded can't be unpacked. */
class BadArchive extends Error {
  constructor(/** @type {string} */ message, /** @type {ErrorOptions} */ options = {}) {
    super(message, options);
    this.stack = message; // where we noticed is of no use to the author
  }
  toString() {
    return this.message;
  }
}

module.exports = { unpack };
