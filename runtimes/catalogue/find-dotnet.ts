import { existsSync, globSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** A .NET runtime on this machine, and what the launcher is compiled with. */
export interface DotnetTools {
  /** The folder that holds the program `dotnet`, absolute, without symbolic links. */
  readonly root: string;
  /** `8.0.4`. */
  readonly version: string;
  /** The folder of its own assemblies. */
  readonly framework: string;
  /** The C# compiler, an assembly for this or an older runtime. */
  readonly compiler: string;
  /** Whether the libraries are there that know languages and their rules. */
  readonly hasIcu: boolean;
}

/** What the launcher is written for. */
const OLDEST_MAJOR = 6;
const INSTALLED = [
  "/usr/lib/dotnet",
  "/usr/share/dotnet",
  "/usr/lib64/dotnet",
  "/usr/local/share/dotnet",
  "/opt/dotnet",
];
const ICU = "/usr/lib/{*/,}libicuuc.so.*";

/**
 * Looks for .NET in `MERINGUE_DOTNET` (a folder), DOTNET_ROOT, on PATH, in the usual places and in the home folder. The runtime
 * and the compiler, which every SDK has, may lie in different ones of them. No program is started.
 * @returns a string that says what is missing
 */
export function findDotnet(env: NodeJS.ProcessEnv): DotnetTools | string {
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "dotnet"));
  const places = [
    ...[env["MERINGUE_DOTNET"] ?? [], env["DOTNET_ROOT"] ?? []].flat(),
    ...onPath.filter((path) => existsSync(path)).map((path) => dirname(realpathSync(path))),
    ...[...INSTALLED, join(homedir(), ".dotnet")],
  ];
  const roots = places.filter((place) => existsSync(join(place, "dotnet"))).map((place) => realpathSync(place));
  const runtime = roots.map(newestRuntime).find((found) => found !== undefined);
  if (runtime === undefined) return `no .NET ${OLDEST_MAJOR} or newer`;
  const compiler = roots.map(newestCompiler).find((found) => found !== undefined);
  if (compiler === undefined) return `no C# compiler beside .NET ${runtime.version}, which an SDK would have`;
  return { ...runtime, compiler, hasIcu: globSync(ICU).length > 0 };
}

function newestRuntime(root: string): Pick<DotnetTools, "root" | "version" | "framework"> | undefined {
  const version = newest(globSync("*.*.*", { cwd: join(root, "shared/Microsoft.NETCore.App") }));
  if (version === undefined || Number.parseInt(version, 10) < OLDEST_MAJOR) return undefined;
  return { root, version, framework: join(root, "shared/Microsoft.NETCore.App", version) };
}

function newestCompiler(root: string): string | undefined {
  const found = newest(globSync("sdk/*/Roslyn/bincore/csc.dll", { cwd: root }));
  return found === undefined ? undefined : join(root, found);
}

function newest(versions: readonly string[]): string | undefined {
  return versions.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
}
