"use strict";
// Actions that were uploaded as an archive: an npm package, more or less.
const { execFile } = require("node:child_process");
const fs = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
const { promisify } = require("node:util");
const { lookUpInModule } = require("./load-action.cjs");

const EXTENSIONS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];
const NPM_INSTALL = ["install", "--omit=dev", "--no-package-lock", "--no-audit", "--no-fund"];
/** `require` met a module that only `import` can load. */
const ONLY_IMPORT = new Set(["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"]);

/**
 * Loads the entry point of an unpacked archive.
 * @param {string} folder
 * @param {string} main `f`, an export of the package; or `file.f`, an export of one file
 * @returns {Promise<unknown>} undefined when there is no such export
 */
async function loadPackage(folder, main) {
  const dot = main.indexOf(".");
  const manifest = readManifest(folder);
  await installIfWanted(folder, manifest);
  const entry = dot === -1 ? findRoot(folder, manifest) : findFile(path.join(folder, main.slice(0, dot)));
  return lookUpInModule(await load(entry, folder), main.slice(dot + 1));
}

/** @param {string} folder @returns {any} undefined when there is none */
function readManifest(folder) {
  const file = path.join(folder, "package.json");
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined;
}

/** @param {string} folder @param {any} manifest */
function findRoot(folder, manifest) {
  const index = manifest?.main === undefined ? withExtension(path.join(folder, "index")) : undefined;
  if (index !== undefined) return index;
  if (manifest === undefined) {
    const error = new Error("Zipped actions must contain either package.json or index.js at the root.");
    error.stack = String(error);
    throw error;
  }
  return findFile(manifest.main === undefined ? folder : path.join(folder, manifest.main));
}

/** @param {string} place absolute, possibly without extension */
function findFile(place) {
  if (fs.statSync(place, { throwIfNoEntry: false })?.isFile()) return place;
  return withExtension(place) ?? createRequire(place).resolve(place);
}

/** @param {string} place */
function withExtension(place) {
  return EXTENSIONS.map((extension) => place + extension).find((file) => fs.existsSync(file));
}

/** @param {string} file @param {string} folder */
async function load(file, folder) {
  if (isModule(file, folder)) return import(pathToFileURL(file).href);
  try {
    return createRequire(file)(file);
  } catch (error) {
    if (!ONLY_IMPORT.has(/** @type {any} */ (error)?.code)) throw error;
    return import(pathToFileURL(file).href);
  }
}

/** Whether a file says of itself that it is an ES module. @param {string} file @param {string} folder */
function isModule(file, folder) {
  const extension = path.extname(file);
  if (extension === ".mjs" || extension === ".mts") return true;
  if (extension !== ".js" && extension !== ".ts") return false;
  for (let place = path.dirname(file); place.startsWith(folder); place = path.dirname(place)) {
    const manifest = readManifest(place);
    if (manifest !== undefined) return manifest.type === "module";
  }
  return false;
}

/** @param {string} folder @param {any} manifest */
async function installIfWanted(folder, manifest) {
  if (process.env["OW_ENABLE_INIT_INSTALL"] !== "true") return;
  const wanted = Object.keys(manifest?.dependencies ?? {}).length > 0;
  if (!wanted || fs.existsSync(path.join(folder, "node_modules"))) return;
  await promisify(execFile)("npm", NPM_INSTALL, { cwd: folder, maxBuffer: Number.POSITIVE_INFINITY });
}

module.exports = { loadPackage };
