/**
 * Writes runtimes/runtimes.json, the manifest that counts when a deployment names none, for those who want to change it;
 * with `--check` only says whether it is up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { DEFAULT_MANIFEST } from "../packages/core/src/domain/default-manifest.ts";

const file = new URL("../runtimes/runtimes.json", import.meta.url);

if (!process.argv.includes("--check")) {
  writeFileSync(file, `${JSON.stringify(DEFAULT_MANIFEST, undefined, 2)}\n`);
} else if (JSON.stringify(JSON.parse(readFileSync(file, "utf8"))) !== JSON.stringify(DEFAULT_MANIFEST)) {
  console.error(
    "runtimes/runtimes.json does not match the manifest of packages/core. Run: node scripts/run.mjs scripts/runtimes-json.ts",
  );
  process.exitCode = 1;
}
