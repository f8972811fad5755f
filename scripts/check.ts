/** `npm run check`: format, lint, types and generated pages, all at the same time. Prints what fails, and fails with it. */
import { spawn } from "node:child_process";
import { join } from "node:path";

interface Guard {
  readonly name: string;
  readonly args: readonly string[];
}

const root = join(import.meta.dirname, "..");
const guards: Guard[] = [
  { name: "format", args: ["node_modules/@biomejs/biome/bin/biome", "check", "--max-diagnostics=100", "."] },
  { name: "lint", args: ["node_modules/oxlint/bin/oxlint", "--deny-warnings", "."] },
  { name: "types", args: ["node_modules/typescript/bin/tsc", "-p", "."] },
  { name: "types of plain JavaScript", args: ["node_modules/typescript/bin/tsc", "-p", "tsconfig.js.json"] },
  { name: "generated pages", args: ["scripts/configuration-doc.ts", "--check"] },
  { name: "runtimes.json", args: ["scripts/runtimes-json.ts", "--check"] },
];

/** Runs one guard. @returns whether it passed; its output is printed only when it did not. */
function run({ name, args }: Guard): Promise<boolean> {
  const since = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const passed = code === 0;
      if (!passed) process.stdout.write(output);
      const verdict = passed ? "ok" : `FAILED (${signal ?? code})`;
      console.log(`${verdict.padEnd(12)} ${name}, ${((performance.now() - since) / 1000).toFixed(1)} s`);
      resolve(passed);
    });
  });
}

const results = await Promise.all(guards.map(run));
if (results.includes(false)) process.exitCode = 1;
