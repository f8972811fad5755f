/**
 * Adds to package-lock.json the prebuilt packages of other platforms that npm left out of it. Where a registry does not
 * carry them, `npm install` writes a lock file without them, which `npm ci` then refuses on every machine. Run it after
 * a dependency has changed; lock-file.test.ts says when it is needed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type LockFile, missingOptionals } from "./lock-file.ts";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8")) as LockFile;
const missing = missingOptionals(lock);
const packages = Object.fromEntries(Object.entries({ ...lock.packages, ...missing }).sort(byPath));
writeFileSync(path, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
console.log(`added ${Object.keys(missing).length} packages`);

function byPath([a]: [string, unknown], [b]: [string, unknown]): number {
  return a.localeCompare(b, "en");
}
