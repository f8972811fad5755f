import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Launcher } from "../catalogue.ts";
import type { JavaTools, Jdk } from "./find-java.ts";

const run = promisify(execFile);
const BUILD_LIMIT_MS = 120_000;
const DEFAULT_MEMORY_MB = 256;
/** What a Java machine needs beside its heap, in megabytes. */
const BESIDE_HEAP_MB = 40;

/**
 * Start-up time and memory count for more than peak speed. What the machine itself says would end up in logs. An archive of
 * classes at a fixed address needs no relocation, which costs 7 MB.
 */
const FLAGS = [
  ...["-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"],
  ...["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xlog:disable"],
  ...["-Dfile.encoding=UTF-8", "-Djava.awt.headless=true"],
];
/** An archive of classes tells where its jar is, which differs inside a sandbox: a descriptor is the same everywhere. */
const JAR = "/proc/self/fd/7";
const OPEN_FILES = 'exec "$@" 4<&0 </dev/null 7<"$0"/launcher.jar 9<"$0"/launcher.jsa';

/**
 * The launcher of a java kind. It is built when the first container is to be started: that takes seconds.
 * @param major as the kind names it, if it does
 * @param runtimes the folder of {@link Gathered}
 */
export function javaLauncher(
  java: JavaTools,
  major: string | undefined,
  runtimes: string,
  memoryMb = DEFAULT_MEMORY_MB,
): Launcher | string {
  const jdk = chooseJdk(java, major);
  if (jdk === undefined) return `no JDK ${major} or newer`;
  const key = buildKey(jdk, java.gson);
  const inSystem = jdk.home.startsWith("/usr/");
  const home = inSystem ? jdk.home : "/runtime/jdk";
  return {
    argv: [
      ...["/bin/sh", "-c", OPEN_FILES, `/runtime/java/${key}`, `${home}/bin/java`],
      ...[...FLAGS, `-Xmx${heapMb(memoryMb)}m`, "-XX:SharedArchiveFile=/proc/self/fd/9", "-jar", JAR],
    ],
    binds: [
      { source: join(runtimes, "java"), target: "/runtime/java" },
      ...(inSystem ? [] : [{ source: jdk.home, target: home }]),
    ],
    env: {},
    whenGone: "connection-lost",
    toolchain: `java ${basename(runtimes)} ${key}`,
    prepare: () => built(join(runtimes, "java"), key, jdk, java.gson),
  };
}

/** For the operator: what a kind runs on. */
export function describeJava(kind: string, major: string | undefined, java: JavaTools | string): string {
  if (typeof java === "string") return `${kind} cannot be run: ${java}`;
  const jdk = chooseJdk(java, major);
  return jdk === undefined
    ? `${kind} cannot be run: no JDK ${major} or newer`
    : `${kind} runs on Java ${jdk.version} (${jdk.home})`;
}

/** Java runs what older ones compiled: the nearest that is not older. */
function chooseJdk({ jdks }: JavaTools, major: string | undefined): Jdk | undefined {
  return jdks.find((jdk) => jdk.major >= Number(major ?? 0));
}

/** Half of little memory, more of much. */
function heapMb(memoryMb: number): number {
  return Math.max(Math.floor(memoryMb / 2), Math.floor(memoryMb * 0.75) - BESIDE_HEAP_MB);
}

/** A build is good for one JDK and one Gson. The sources are told apart by the folder they were gathered in. */
function buildKey(jdk: Jdk, gson: string): string {
  const { size, mtimeMs } = statSync(gson);
  const facts = JSON.stringify([jdk.home, jdk.version, gson, size, mtimeMs]);
  return `built-${createHash("sha256").update(facts).digest("hex").slice(0, 16)}`;
}

const building = new Map<string, Promise<void>>();

/** Builds at most once at a time in this process; another process makes the same, and the faster one's is kept. */
function built(folder: string, key: string, jdk: Jdk, gson: string): Promise<void> {
  const place = join(folder, key);
  if (existsSync(place)) return Promise.resolve();
  const known = building.get(place) ?? build(folder, place, jdk, gson).finally(() => building.delete(place));
  building.set(place, known);
  return known;
}

async function build(folder: string, place: string, jdk: Jdk, gson: string): Promise<void> {
  const draft = await mkdtemp(`${place}-draft-`);
  try {
    const java = join(jdk.home, "bin/java");
    const jar = join(draft, "launcher.jar");
    const options = { timeout: BUILD_LIMIT_MS };
    const fast = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
    await run(java, [...fast, join(folder, "Build.java"), join(folder, "src"), gson, jar], options);
    await writeArchive(java, draft);
    await run("chmod", ["-R", "a+rX", draft]); // mkdtemp made it ours alone
    await rename(draft, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Java starts twice as fast with an archive of the classes that the launcher loads. Without one, it does start. */
async function writeArchive(java: string, draft: string): Promise<void> {
  const archive = join(draft, "launcher.jsa");
  const script = 'exec "$@" 4</dev/null 3>/dev/null 7<"$0"';
  const flags = [...FLAGS, `-Xmx${heapMb(DEFAULT_MEMORY_MB)}m`, `-XX:ArchiveClassesAtExit=${archive}`];
  const command = ["-c", script, join(draft, "launcher.jar"), java, ...flags, "-jar", JAR, "warm-up"];
  await run("/bin/sh", command, { timeout: BUILD_LIMIT_MS, cwd: draft });
  if (!existsSync(archive)) await writeFile(archive, "");
}
