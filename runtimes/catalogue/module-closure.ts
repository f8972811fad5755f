import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** An installed package. */
export interface ModuleFolder {
  readonly name: string;
  /** `name@version`. */
  readonly id: string;
  readonly folder: string;
}

interface PackageJson {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * A package and all that it depends on, as installed. What a package has in a node_modules folder of its own belongs to
 * its folder and is not listed.
 * @throws Error when one of them is not installed
 */
export function moduleClosure(name: string, from: string): readonly ModuleFolder[] {
  const found = new Map<string, ModuleFolder>();
  const visited = new Set<string>();
  const visit = (dependency: string, dependent: string): void => {
    const folder = findModule(dependency, dependent);
    if (visited.has(folder)) return;
    visited.add(folder);
    const { version, dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as PackageJson;
    const isInsideAnother = dependent !== from && folder.startsWith(`${dependent}/`);
    if (!isInsideAnother) found.set(dependency, { name: dependency, id: `${dependency}@${version}`, folder });
    for (const next of Object.keys(dependencies ?? {})) visit(next, folder);
  };
  visit(name, from);
  return [...found.values()];
}

function findModule(name: string, from: string): string {
  for (let place = from; ; place = dirname(place)) {
    const folder = join(place, "node_modules", name);
    if (existsSync(join(folder, "package.json"))) return folder;
    if (place === dirname(place)) throw new Error(`the package ${name} is not installed: run npm install`);
  }
}
