/**
 * `node scripts/run.mjs [--watch] FILE [ARGS…]` runs one of the project's programs on a checkout as it is: dependencies
 * and the right Node are brought first, when they are missing. Plain JavaScript that any Node from 20 on can run.
 */
import { fileURLToPath } from "node:url";
import { BootstrapError } from "./bootstrap/npm.mjs";
import { start } from "./bootstrap/start.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

try {
  await start(root, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
