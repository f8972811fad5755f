/** `ci-report.ts FOLDER`: sums up the lanes whose results .ci/run left in FOLDER, and fails when the change may not go in. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { laneOf, sumUp } from "./lane-results.ts";

const root = join(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("Usage: ci-report.ts FOLDER");

const names = readdirSync(folder);
const lanes = names
  .filter((name) => name.endsWith(".exit"))
  .map((name) => {
    const lane = basename(name, ".exit");
    const report = names.includes(`${lane}.json`) ? readFileSync(join(folder, `${lane}.json`), "utf8") : undefined;
    return laneOf(lane, readFileSync(join(folder, name), "utf8"), report, root);
  });

if (lanes.length === 0) throw new Error("No lane has run: is its name right?");

const { lines, ok } = sumUp(lanes, readFileSync(join(root, "docs/testing.md"), "utf8"));
console.log(lines.join("\n"));
if (!ok) process.exitCode = 1;
