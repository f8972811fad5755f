import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Interpreter } from "./find-interpreter.ts";
import { joinCommonJs } from "./join-commonjs.ts";
import { type ModuleFolder, moduleClosure } from "./module-closure.ts";

/** Where the files that sandboxes show were put. */
export interface Gathered {
  /** Holds a folder for each runtime. */
  readonly runtimes: string;
  /** A node_modules folder with what actions may import. */
  readonly modules: string;
}

const run = promisify(execFile);
const RUNTIMES = fileURLToPath(new URL("..", import.meta.url));
const FILES = [
  "{nodejs,typescript,native,ballerina,actionloop,go,rust,swift}/*.{cjs,sh,go,rs,toml,swift}",
  "python/**/*.py",
  "php/**/*.{php,ini}",
  "ruby/**/*.rb",
  "java/**/*.{java,sh}",
  "dotnet/**/*.cs",
];
/**
 * What actions of the nodejs and typescript kinds find without bringing it: the client, and what compositions with
 * `parallel` or `map` load. Those call `redis` by callbacks, which its version 4 has no more.
 */
const OFFERED = ["openwhisk", "redis", "uuid"];

/**
 * Copies the runtimes' files and the offered modules into a folder named for their contents; nothing is done when it is
 * there. Python's files are compiled, the nodejs runtime's are joined: both are start-up time.
 */
export async function gatherFiles(cacheDir: string, pythons: readonly Interpreter[]): Promise<Gathered> {
  const names = FILES.flatMap((pattern) => globSync(pattern, { cwd: RUNTIMES })).sort();
  const modules = offeredModules();
  const place = join(cacheDir, `runtimes-${await fingerprint(names, modules, pythons)}`);
  if (!existsSync(place)) {
    await mkdir(cacheDir, { recursive: true });
    const draft = await mkdtemp(join(cacheDir, "draft-"));
    await fill(draft, names, modules, pythons);
    await moveIfFirst(draft, place);
  }
  return { runtimes: place, modules: join(place, "node_modules") };
}

/** Each once: all of them lie in one node_modules folder here, and will there. */
function offeredModules(): readonly ModuleFolder[] {
  const found = OFFERED.flatMap((name) => moduleClosure(name, RUNTIMES));
  return [...new Map(found.map((module) => [module.name, module])).values()];
}

async function fingerprint(
  names: readonly string[],
  modules: readonly ModuleFolder[],
  pythons: readonly Interpreter[],
): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([pythons, modules.map(({ id }) => id)]));
  for (const name of [...names, "catalogue/gather.ts", "catalogue/join-commonjs.ts"]) {
    hash.update(name).update(await readFile(join(RUNTIMES, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

async function fill(
  place: string,
  names: readonly string[],
  modules: readonly ModuleFolder[],
  pythons: readonly Interpreter[],
): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(place, name)), { recursive: true });
    await cp(join(RUNTIMES, name), join(place, name));
  }
  await writeFile(join(place, "nodejs/runtime.cjs"), joinCommonJs(join(RUNTIMES, "nodejs/runtime.cjs")));
  for (const { name, folder } of modules) {
    await cp(folder, join(place, "node_modules", name), { recursive: true, dereference: true });
  }
  const compile = ["-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "."];
  await Promise.all(pythons.map(({ path }) => run(path, compile, { cwd: join(place, "python") })));
}

/** Another process may have been faster: what it made is the same. */
async function moveIfFirst(draft: string, place: string): Promise<void> {
  try {
    await rename(draft, place);
  } catch (error) {
    await rm(draft, { recursive: true });
    if (!existsSync(place)) throw error;
  }
}
