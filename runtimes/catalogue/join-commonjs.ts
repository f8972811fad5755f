import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A neighbour that is loaded in any case. One that is loaded when needed is not written like this, and stays a file. */
const EAGER = /^(const \{.*\} = )require\("\.\/([\w-]+\.cjs)"\);$/gm;

/**
 * Joins a CommonJS program with the files beside it that it loads at its start. Each file costs Node.js about half a
 * millisecond to find and compile.
 * @param file absolute; each neighbour must be loaded by `const { … } = require("./name.cjs");` on a line of its own
 */
export function joinCommonJs(file: string): string {
  const folder = dirname(file);
  const parts = new Map<string, string>(); // what a neighbour needs itself is noted before it
  const variable = (name: string): string => `joined_${name.replaceAll(/\W/g, "_")}`;
  const source = (path: string): string =>
    readFileSync(path, "utf8").replaceAll(EAGER, (_, target: string, name: string) => {
      if (!parts.has(name)) parts.set(name, source(join(folder, name)));
      return `${target}${variable(name)};`;
    });
  const program = source(file);
  const modules = [...parts].map(
    ([name, text]) =>
      `const ${variable(name)} = (() => { const module = { exports: {} };\n${text}\nreturn module.exports; })();\n`,
  );
  return `"use strict";\n${modules.join("")}${program}`;
}
