#!/usr/bin/env node
/** `meringue [ROLE] [ARGS…]`: the first word is the role, `standalone` when there is none. */
import { fileURLToPath } from "node:url";
import { BootstrapError } from "./bootstrap/npm.mjs";
import { start } from "./bootstrap/start.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const roles = {
  standalone: "packages/server/src/main.ts",
  controller: "packages/server/src/roles/controller-main.ts",
  invoker: "packages/server/src/roles/invoker-main.ts",
  nginx: "packages/server/src/nginx/main.ts",
  admin: "packages/server/src/admin/main.ts",
  db: "packages/server/src/db/main.ts",
  config: "packages/server/src/config/main.ts",
  run: "packages/server/src/run/main.ts",
  runtimes: "packages/server/src/runtimes/main.ts",
};

const words = process.argv.slice(2);
const named = words[0] !== undefined && !words[0].startsWith("-");
const role = (named && words[0]) || "standalone";
const file = Object.hasOwn(roles, role) ? roles[role] : undefined;

if (file === undefined) {
  process.stderr.write(`meringue: there is no role "${role}"; there are: ${Object.keys(roles).join(", ")}\n`);
  process.exitCode = 2;
} else {
  try {
    await start(root, [`${root}/${file}`, ...(named ? words.slice(1) : words)]);
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
