"use strict";
// From what was uploaded to the function that is called.
const fs = require("node:fs");
const { createRequire } = require("node:module");
const vm = require("node:vm");

/** A name, or names joined by dots, that may stand in an expression. */
const NAME_PATH = /^(?!default\b)[\p{ID_Start}$_][\p{ID_Continue}$]*(\.[\p{ID_Start}$_][\p{ID_Continue}$]*)*$/u;
const MAY_BE_MODULE = /\b(import|export|await)\b/;
/** Under this name a module hands out an entry point that it does not export. */
const ENTRY = "__meringue_entry";

/** @typedef {{ source(code: string): string, archives(): void, warmUp(): void }} Prepare turns what Node cannot run into what it can */
/** @typedef {{ folder: string, main: string, code: string, binary: boolean, prepare?: Prepare | undefined }} Upload */

/**
 * Loads an action, with its folder as working directory.
 * @param {Upload} upload
 * @returns {Promise<(value: unknown) => unknown>}
 * @throws whatever the action throws while it is loaded, or an error that says what is wrong with the upload
 */
async function loadAction({ folder, main, code, binary, prepare }) {
  fs.mkdirSync(folder, { recursive: true });
  process.chdir(folder);
  /** @type {any} */
  let entry;
  if (binary) {
    require("./unpack.cjs").unpack(Buffer.from(code, "base64"), folder);
    prepare?.archives();
    entry = await require("./package.cjs").loadPackage(folder, main);
  } else {
    entry = await loadSource(prepare === undefined ? code : prepare.source(code), main, folder);
  }
  if (typeof entry !== "function") throw new NoEntrypoint(`Action entrypoint '${main}' is not a function.`);
  return entry;
}

/**
 * Evaluates a single file: as the body of a CommonJS function, or, if it can't be that, as an ES module.
 * @param {string} code @param {string} main @param {string} folder
 */
async function loadSource(code, main, folder) {
  let body;
  try {
    body = compile(code, main, folder);
  } catch (error) {
    if (!(error instanceof SyntaxError) || !MAY_BE_MODULE.test(code)) throw error;
    return importSource(code, main, folder);
  }
  const file = `${folder}/index.js`;
  const module = { exports: /** @type {any} */ ({}), id: ".", filename: file };
  const { exports } = module;
  // Code that does not say `require` need not pay for one.
  const load = code.includes("require") ? createRequire(file) : undefined;
  const found = body.call(exports, exports, load, module, file, folder);
  return found ?? lookUp(module.exports, main) ?? lookUp(exports, main);
}

/** @param {string} code @param {string} main @param {string} folder */
function compile(code, main, folder) {
  // `main` is looked up as an identifier first: declared, assigned without declaration, or a property of `global`.
  const tail = NAME_PATH.test(main)
    ? `\n;try{return ${main}}catch(_){if(_ instanceof ReferenceError||_ instanceof TypeError)return;throw _}`
    : "";
  const parameters = ["exports", "require", "module", "__filename", "__dirname"];
  const filename = `${folder}/index.js`;
  if (!code.includes("import")) return vm.compileFunction(code + tail, parameters, { filename });
  const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  if (importModuleDynamically !== undefined) {
    return vm.compileFunction(code + tail, parameters, { filename, importModuleDynamically });
  }
  // Node.js 18 can only import what its own loader has compiled, or what that has evaluated.
  const wrapped = `(function (${parameters.join(", ")}) {${code}${tail}\n})\n//# sourceURL=${filename}`;
  // oxlint-disable-next-line no-eval -- it is what the action is run with anyway
  return (0, eval)(wrapped);
}

/** @param {string} code @param {string} main @param {string} folder */
async function importSource(code, main, folder) {
  const file = `${folder}/index.mjs`;
  const root = main.split(".")[0];
  const tail = NAME_PATH.test(main) ? `\n;export const ${ENTRY}=typeof ${root}==="undefined"?undefined:${main};` : "";
  fs.writeFileSync(file, code + tail);
  const namespace = await import(require("node:url").pathToFileURL(file).href);
  return namespace[ENTRY] ?? lookUpInModule(namespace, main);
}

/** @param {any} exports @param {string} path */
function lookUp(exports, path) {
  return path.split(".").reduce((value, name) => value?.[name], exports);
}

/**
 * @param {any} exports of a CommonJS or ES module; a default export may hold the entry point, or be it
 * @param {string} path
 */
function lookUpInModule(exports, path) {
  const found = lookUp(exports, path);
  if (found !== undefined || exports?.default === undefined) return found;
  const inDefault = lookUp(exports.default, path);
  return inDefault === undefined && path === "main" && typeof exports.default === "function"
    ? exports.default
    : inDefault;
}

/** The upload has no such function. */
class NoEntrypoint extends Error {
  constructor(/** @type {string} */ message) {
    super(message);
    this.stack = message; // where we noticed is of no use to the author
  }
  toString() {
    return this.message;
  }
}

module.exports = { loadAction, lookUpInModule };
