import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Launcher } from "../catalogue.ts";
import type { DotnetTools } from "./find-dotnet.ts";
import { MOVE_INPUT } from "./node-inside.ts";

const run = promisify(execFile);
const BUILD_LIMIT_MS = 120_000;
const DEFAULT_MEMORY_MB = 256;
const BYTES_PER_MB = 1_048_576;
/** Of the container's memory, for the heap: the rest is the runtime's own. */
const HEAP_SHARE = 0.75;
/** What no launcher refers to, and native libraries, which no compiler can read. */
const NO_REFERENCE = /VisualBasic|Native|^(lib|Microsoft\.DiaSymReader)/;

/**
 * The launcher of a dotnet kind. It is compiled when the first container is to be started: that takes seconds.
 * @param runtimes the folder of gathered files
 */
export function dotnetLauncher(dotnet: DotnetTools, runtimes: string, memoryMb = DEFAULT_MEMORY_MB): Launcher {
  const folder = join(runtimes, "dotnet");
  const key = buildKey(dotnet);
  const inSystem = dotnet.root.startsWith("/usr/");
  const root = inSystem ? dotnet.root : "/runtime/dotnet-root";
  const heapBytes = Math.floor(memoryMb * BYTES_PER_MB * HEAP_SHARE);
  return {
    argv: [...MOVE_INPUT, `${root}/dotnet`, `/runtime/dotnet/${key}/launcher.dll`],
    binds: [
      { source: folder, target: "/runtime/dotnet" },
      ...(inSystem ? [] : [{ source: dotnet.root, target: root }]),
    ],
    env: { ...DOTNET_ENV, DOTNET_GCHeapHardLimit: `0x${heapBytes.toString(16)}` },
    whenGone: "connection-lost",
    prepare: () => built(folder, key, dotnet),
  };
}

/** For the operator: what a kind runs on. */
export function describeDotnet(kind: string, dotnet: DotnetTools | string): string {
  if (typeof dotnet === "string") return `${kind} cannot be run: ${dotnet}`;
  return `${kind} runs on .NET ${dotnet.version} (${dotnet.root})`;
}

/** No socket in /tmp for debuggers, and no code that watches itself to become faster later. */
const DOTNET_ENV = { DOTNET_EnableDiagnostics: "0", DOTNET_TieredPGO: "0" };

/** A build is good for one runtime. The sources are told apart by the folder they were gathered in. */
function buildKey(dotnet: DotnetTools): string {
  const facts = JSON.stringify([dotnet.framework, dotnet.version, dotnet.hasIcu]);
  return `built-${createHash("sha256").update(facts).digest("hex").slice(0, 16)}`;
}

const building = new Map<string, Promise<void>>();

/** Builds at most once at a time in this process; another process makes the same, and the faster one's is kept. */
function built(folder: string, key: string, dotnet: DotnetTools): Promise<void> {
  const place = join(folder, key);
  if (existsSync(place)) return Promise.resolve();
  const known = building.get(place) ?? build(folder, place, dotnet).finally(() => building.delete(place));
  building.set(place, known);
  return known;
}

async function build(folder: string, place: string, dotnet: DotnetTools): Promise<void> {
  const draft = await mkdtemp(`${place}-draft-`);
  try {
    await compileLauncher(dotnet, join(folder, "src"), draft);
    await run("chmod", ["-R", "a+rX", draft]); // mkdtemp made it ours alone
    await rename(draft, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Makes launcher.dll, and what .NET must know to start it. */
export async function compileLauncher(dotnet: DotnetTools, sources: string, target: string): Promise<void> {
  const files = globSync("*.cs", { cwd: sources }).sort();
  const attribute = join(target, "TargetFramework.cs"); // by which actions tell what they run on
  await writeFile(attribute, `[assembly: System.Runtime.Versioning.TargetFramework("${frameworkName(dotnet)}")]`);
  await compileCSharp(dotnet, [
    ...["-optimize+", `-pathmap:${sources}=.`, `-out:${join(target, "launcher.dll")}`],
    ...[attribute, ...files.map((name) => join(sources, name))],
  ]);
  await rm(attribute);
  await writeFile(join(target, "launcher.runtimeconfig.json"), JSON.stringify(runtimeConfig(dotnet), undefined, 2));
}

/**
 * Compiles C# against the runtime's own assemblies.
 * @param args of the compiler
 */
export async function compileCSharp(dotnet: DotnetTools, args: readonly string[]): Promise<void> {
  const references = globSync("*.dll", { cwd: dotnet.framework }).filter((name) => !NO_REFERENCE.test(name));
  const command = [
    ...["exec", "--roll-forward", "Major", dotnet.compiler],
    ...["-nologo", "-noconfig", "-nostdlib", "-deterministic", "-utf8output"],
    ...references.map((name) => `-reference:${join(dotnet.framework, name)}`),
  ];
  // A compiler that speaks English to everybody needs no knowledge of languages.
  const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1", DOTNET_gcServer: "0" };
  await run(join(dotnet.root, "dotnet"), [...command, ...args], { env, timeout: BUILD_LIMIT_MS });
}

function frameworkName({ version }: DotnetTools): string {
  return `.NETCoreApp,Version=v${version.split(".", 2).join(".")}`;
}

function runtimeConfig({ version, hasIcu }: DotnetTools): object {
  return {
    runtimeOptions: {
      tfm: `net${version.split(".", 2).join(".")}`,
      rollForward: "Major",
      framework: { name: "Microsoft.NETCore.App", version },
      configProperties: {
        "System.GC.Concurrent": false,
        "System.GC.Server": false,
        "System.Globalization.Invariant": !hasIcu,
      },
    },
  };
}
