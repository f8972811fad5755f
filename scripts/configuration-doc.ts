/** Writes docs/configuration.md from the settings' schema; with `--check` only says whether it is up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { configurationPage } from "../packages/server/src/config/help.ts";

const page = new URL("../docs/configuration.md", import.meta.url);

if (!process.argv.includes("--check")) {
  writeFileSync(page, configurationPage());
} else if (readFileSync(page, "utf8") !== configurationPage()) {
  console.error(
    "docs/configuration.md does not match the settings. Run: node scripts/run.mjs scripts/configuration-doc.ts",
  );
  process.exitCode = 1;
}
