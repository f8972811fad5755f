"use strict";
// What the nodejs runtime needs to run TypeScript: types are stripped, nothing is checked.
const fs = require("node:fs");
const nodeModule = require("node:module");
const { fileURLToPath } = require("node:url");

const RELATIVE = /^\.{1,2}\//;
const NOT_FOUND = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND", "ERR_UNSUPPORTED_DIR_IMPORT"]);
const ENDINGS = [".ts", ".mts", ".cts", "/index.ts"];

/** Has what programs have: the stripper compiles itself piece by piece, as syntax is met for the first time. */
const SAMPLE = `import type { A } from "a"; interface B<T> { readonly a?: T } type C = { b: string } | undefined;
export async function main({ name = "x" }: B<string>, ...rest: unknown[]): Promise<C> {
  const all = rest as string[]; return { b: \`\${name}\` + all!.length } satisfies C; }
class D { private x: number = 1; get(): number { return this.x } } export const f = (a: object): object => a;
export default D;`;

/**
 * What the nodejs runtime does differently for TypeScript.
 * @returns {import("../nodejs/load-action.cjs").Prepare}
 */
function typescript() {
  return {
    source: strip,
    warmUp: () => void strip(SAMPLE),
    archives: () => nodeModule.registerHooks?.({ resolve: resolveTypeScript }),
  };
}

/** Keeps lines and columns, unless the code has enums, namespaces or parameter properties. @param {string} code */
function strip(code) {
  const { emitWarning } = process;
  process.emitWarning = () => {}; // that it is experimental is nothing for the log of an action
  try {
    return nodeModule.stripTypeScriptTypes(code);
  } catch (error) {
    if (/** @type {any} */ (error)?.code !== "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") throw error;
    return transform(code, error);
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** @param {string} code @param {unknown} unsupported what to say where Node cannot transform (26 and later) */
function transform(code, unsupported) {
  try {
    return nodeModule.stripTypeScriptTypes(code, { mode: "transform" });
  } catch (error) {
    throw /** @type {any} */ (error)?.code === "ERR_INVALID_ARG_VALUE" ? unsupported : error;
  }
}

/**
 * Finds `./other.ts` where a program says `./other` or `./other.js`, as compilers and bundlers do.
 * @param {string} specifier
 * @param {import("node:module").ResolveHookContext} context
 * @param {(specifier: string, context?: Partial<import("node:module").ResolveHookContext>) => import("node:module").ResolveFnOutput} next
 */
function resolveTypeScript(specifier, context, next) {
  try {
    return next(specifier, context);
  } catch (error) {
    const { parentURL } = context;
    if (!NOT_FOUND.has(/** @type {any} */ (error)?.code) || !RELATIVE.test(specifier) || !parentURL) throw error;
    const found = candidates(specifier).find((name) => isFile(new URL(name, parentURL)));
    if (found === undefined) throw error;
    return next(found, context);
  }
}

/** @param {URL} url */
function isFile(url) {
  return fs.statSync(fileURLToPath(url), { throwIfNoEntry: false })?.isFile() === true;
}

/** @param {string} specifier */
function candidates(specifier) {
  const written = specifier.replace(/\.([cm]?)js$/, ".$1ts");
  return [written, ...ENDINGS.map((ending) => specifier + ending)];
}

module.exports = { typescript };
