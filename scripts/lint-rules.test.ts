import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** File that breaks a rule, what it holds, and the rule. */
const broken: readonly (readonly [file: string, text: string, rule: string])[] = [
  [
    "packages/core/src/domain/port.ts",
    'import { a } from "../ports/a.ts";\nexport const x = a;',
    "no-restricted-imports",
  ],
  ["packages/core/src/domain/library.ts", 'import { z } from "zod";\nexport const x = z;', "no-restricted-imports"],
  ["packages/core/src/domain/node.ts", 'import { a } from "node:fs";\nexport const x = a;', "no-restricted-imports"],
  [
    "packages/core/src/ports/case.ts",
    'import { a } from "../use-cases/a.ts";\nexport const x = a;',
    "no-restricted-imports",
  ],
  ["packages/core/src/ports/library.ts", 'import { z } from "zod";\nexport const x = z;', "no-restricted-imports"],
  [
    "packages/core/src/use-cases/adapter.ts",
    'import { a } from "@meringue/sqlite";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/core/src/use-cases/library.ts",
    'import { a } from "fastify";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/controller/src/invoker.ts",
    'import { a } from "@meringue/invoker";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/invoker/src/docker.ts",
    'import { a } from "@meringue/docker";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/adapters/docker/src/other.ts",
    'import { a } from "@meringue/sqlite";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/adapters/docker/src/path.ts",
    'import { a } from "../../sqlite/src/index.ts";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/adapters/docker/src/kit.ts",
    'import { a } from "@meringue/testkit";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/adapters/docker/src/other.test.ts",
    'import { a } from "@meringue/sqlite";\nexport const x = a;',
    "no-restricted-imports",
  ],
  [
    "packages/testkit/src/server.ts",
    'import { a } from "@meringue/server";\nexport const x = a;',
    "no-restricted-imports",
  ],
  ["packages/server/src/any.ts", "export const x: any = 1;", "no-explicit-any"],
  ["packages/server/src/default.ts", "export default 1;", "no-default-export"],
  ["packages/server/src/empty.ts", "export function f() { try { f(); } catch {} }", "no-empty"],
  ["packages/server/src/floating.ts", "export function f() { Promise.resolve(1); }", "no-floating-promises"],
  ["packages/server/src/misused.ts", "export const x = [1].filter(async (n) => n > 1);", "no-misused-promises"],
  ["packages/server/src/thrown.ts", 'export function f() { throw "text"; }', "only-throw-error"],
  [
    "packages/server/src/switch.ts",
    'export function f(a: "x" | "y") { switch (a) { case "x": console.log(a); } }',
    "switch-exhaustiveness-check",
  ],
  ["packages/server/src/cycle-a.ts", 'import { b } from "./cycle-b.ts";\nexport const a = () => b;', "no-cycle"],
  ["packages/server/src/cycle-b.ts", 'import { a } from "./cycle-a.ts";\nexport const b = () => a;', "no-cycle"],
];

/** Files that look similar and are right. */
const sound: readonly (readonly [file: string, text: string])[] = [
  ["packages/core/src/domain/a.ts", 'import { b } from "./b.ts";\nexport const x = b;'],
  ["packages/core/src/domain/b.ts", "export const b = 1;"],
  [
    "packages/core/src/ports/a.ts",
    'import { b } from "../domain/b.ts";\nimport { c } from "node:stream";\nexport const a = [b, c];',
  ],
  [
    "packages/core/src/use-cases/a.ts",
    'import { a as p } from "../ports/a.ts";\nimport { b } from "../domain/b.ts";\nimport { t } from "node:timers/promises";\nexport const a = [p, b, t];',
  ],
  [
    "packages/core/src/domain/b.test.ts",
    'import { test } from "vitest";\nimport { b } from "./b.ts";\ntest("b", () => b);',
  ],
  [
    "packages/adapters/docker/src/a.ts",
    'import { a } from "@meringue/core";\nimport { b } from "undici";\nexport const x = [a, b];',
  ],
  ["packages/adapters/docker/src/part/a.ts", 'import { x } from "../a.ts";\nexport const y = x;'],
  ["packages/adapters/docker/src/a.test.ts", 'import { a } from "@meringue/testkit";\nexport const x = a;'],
  ["packages/server/src/all.ts", 'import { a } from "@meringue/sqlite";\nexport const x = a;'],
];

interface Finding {
  readonly code: string;
  readonly filename: string;
}

test("every lint rule that the layers rest on fires, in exactly the files that break it", ({ expect }) => {
  const world = mkdtempSync(join(tmpdir(), "meringue-lint-"));
  onTestFinished(() => rmSync(world, { recursive: true, force: true }));
  cpSync(join(root, ".oxlintrc.json"), join(world, ".oxlintrc.json"));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2024",
    module: "nodenext",
    allowImportingTsExtensions: true,
  };
  writeFileSync(join(world, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...compilerOptions, types: [] } }));
  for (const [file, text] of [...broken, ...sound]) {
    mkdirSync(dirname(join(world, file)), { recursive: true });
    writeFileSync(join(world, file), `${text}\n`);
  }
  const { stdout } = spawnSync(process.execPath, [join(root, "node_modules/oxlint/bin/oxlint"), "-f", "json", "."], {
    cwd: world,
    encoding: "utf8",
    env: { ...process.env, OXLINT_TSGOLINT_PATH: join(root, "node_modules/oxlint-tsgolint/bin/tsgolint.js") },
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Finding[] };
  const found = diagnostics.map(({ filename, code }) => `${filename} ${code.replace(/^.*\((.*)\)$/, "$1")}`);
  expect([...new Set(found)].sort()).toEqual(broken.map(([file, , rule]) => `${file} ${rule}`).sort());
});
