import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Launcher } from "../catalogue.ts";
import type { JavaTools, Jdk } from "./find-java.ts";

const run = promisify(execFile);
const BUILD_LIMIT_MS = 120_000;
const DEFAULT_MEMORY_MB = 256;
/** Of a kind that names none. */
const DEFAULT_MAJOR = "17";
/** What a Java machine needs beside its heap, in megabytes. */
const BESIDE_HEAP_MB = 40;

/**
 * Start-up time and memory count for more than peak speed. An archive of classes at a fixed address needs no relocation, which
 * costs 7 MB; versions that know nothing of that don't relocate. Java 8 uses its own archive only when asked to.
 */
const FLAGS = [
  ...["-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"],
  ...["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto"],
  ...["-Dfile.encoding=UTF-8", "-Djava.awt.headless=true"],
];
/** What the machine itself says would end up in logs. Java 8 does not know this, and says nothing. */
const QUIET = "-Xlog:disable";
const QUIET_SINCE_MAJOR = 9;
/** See build.sh. Older ones would not use their own archive if they were told of another. */
const ARCHIVE_SINCE_MAJOR = 13;
/** An archive of classes tells where its jar is, which differs inside a sandbox: a descriptor is the same everywhere. */
const JAR = "/proc/self/fd/7";
const ARCHIVE = "-XX:SharedArchiveFile=/proc/self/fd/9";
const OPEN_FILES = 'exec "$@" 4<&0 </dev/null 7<"$0"/launcher.jar 9<"$0"/launcher.jsa';

/**
 * The launcher of a java kind. It is built when the first container is to be started: that takes seconds.
 * @param major as the kind names it, if it does
 * @param runtimes the folder of {@link Gathered}
 */
export function javaLauncher(
  java: JavaTools,
  major: string | undefined = DEFAULT_MAJOR,
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
      ...[...flags(jdk.major, memoryMb), ...(jdk.major >= ARCHIVE_SINCE_MAJOR ? [ARCHIVE] : []), "-jar", JAR],
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
export function describeJava(
  kind: string,
  major: string | undefined = DEFAULT_MAJOR,
  java: JavaTools | string,
): string {
  if (typeof java === "string") return `${kind} cannot be run: ${java}`;
  const jdk = chooseJdk(java, major);
  return jdk === undefined
    ? `${kind} cannot be run: no JDK ${major} or newer`
    : `${kind} runs on Java ${jdk.version} (${jdk.home})`;
}

/** Java runs what older ones compiled: the nearest that is not older. */
function chooseJdk({ jdks }: JavaTools, major: string): Jdk | undefined {
  return jdks.find((jdk) => jdk.major >= Number(major));
}

function flags(major: number, memoryMb: number): string[] {
  return [...FLAGS, ...(major >= QUIET_SINCE_MAJOR ? [QUIET] : []), `-Xmx${heapMb(memoryMb)}m`];
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
    const options = { timeout: BUILD_LIMIT_MS };
    const script = join(folder, "build.sh");
    await run("/bin/sh", [script, jdk.home, gson, draft, ...flags(jdk.major, DEFAULT_MEMORY_MB)], options);
    await run("chmod", ["-R", "a+rX", draft]); // mkdtemp made it ours alone
    await rename(draft, place);
  } catch (error) {
    if (!existsSync(place)) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
