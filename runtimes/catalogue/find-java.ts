import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** A Java development kit on this machine. */
export interface Jdk {
  /** Its folder, absolute, without symbolic links. */
  readonly home: string;
  /** `17.0.15`. */
  readonly version: string;
  readonly major: number;
}

/** What Java actions need. */
export interface JavaTools {
  /** The oldest first, at least one, one of each major version. */
  readonly jdks: readonly Jdk[];
  /** The jar of Gson, whose types actions take and return. */
  readonly gson: string;
}

/** What the launcher is written for. */
const OLDEST_MAJOR = 8;
/** Is in every Java 8, and in no other. */
const OF_JAVA_8 = "jre/lib/ext/nashorn.jar";
const NAMED = /^MERINGUE_JAVA_\d+$/;
const INSTALLED = ["/usr/lib/jvm/*", "/usr/local/lib/jvm/*", "/opt/*jdk*"];
/** Debian's, Fedora's. */
const GSON_PACKAGED = ["/usr/share/java/gson.jar", "/usr/share/java/google-gson/gson.jar"];
/** Where Maven keeps what some build has once brought; newer versions last. */
const GSON_OF_MAVEN = ".m2/repository/com/google/code/gson/gson/2.*/gson-2.*.jar";

/**
 * Looks for JDKs named by `MERINGUE_JAVA_<major>` (a folder), by JAVA_HOME, on PATH and in the usual places, and for Gson,
 * which `MERINGUE_GSON` may name. No program is started.
 * @returns a string that says what is missing
 */
export function findJava(env: NodeJS.ProcessEnv): JavaTools | string {
  const jdks = findJdks(env);
  if (jdks.length === 0) return noJdk(OLDEST_MAJOR);
  const gson = findGson(env);
  if (gson === undefined) return "no Gson: install libgoogle-gson-java, or name its jar in MERINGUE_GSON";
  return { jdks, gson };
}

/** Why there is none. */
export function noJdk(oldestMajor: number): string {
  return `no JDK ${oldestMajor} or newer, such as Debian's default-jdk-headless`;
}

/** The same for JDKs alone: the oldest first, one of each major version. */
export function findJdks(env: NodeJS.ProcessEnv, oldestMajor = OLDEST_MAJOR): readonly Jdk[] {
  const named = Object.keys(env).flatMap((key) => (NAMED.test(key) && env[key] ? [env[key]] : []));
  const onPath = (env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "javac"));
  const homes = [
    ...named,
    ...(env["JAVA_HOME"] ? [env["JAVA_HOME"]] : []),
    ...onPath.filter((path) => existsSync(path)).map((path) => dirname(dirname(realpathSync(path)))),
    ...INSTALLED.flatMap((pattern) => globSync(pattern).sort()),
  ];
  const found = homes.flatMap((home) => readJdk(home) ?? []);
  // Whoever is named first is kept.
  const jdks = [...new Map(found.toReversed().map((jdk) => [jdk.major, jdk])).values()];
  return jdks.filter(({ major }) => major >= oldestMajor).sort((a, b) => a.major - b.major);
}

/** @returns undefined when it is no JDK. */
function readJdk(folder: string): Jdk | undefined {
  if (!["bin/java", "bin/javac"].every((file) => existsSync(join(folder, file)))) return undefined;
  const home = realpathSync(folder);
  const version = versionOf(home);
  const major = Number(version?.replace(/^1\./, "").split(/[.+_-]/)[0]);
  return version !== undefined && major > 0 ? { home, version, major } : undefined;
}

/** As a file of the JDK tells it, which Debian's 8 does not have. */
function versionOf(home: string): string | undefined {
  const file = join(home, "release");
  if (existsSync(file)) return /^JAVA_VERSION="(.*)"$/m.exec(readFileSync(file, "utf8"))?.[1];
  return existsSync(join(home, OF_JAVA_8)) ? "1.8" : undefined;
}

function findGson(env: NodeJS.ProcessEnv): string | undefined {
  const named = env["MERINGUE_GSON"];
  if (named) return existsSync(named) ? realpathSync(named) : undefined;
  const packaged = GSON_PACKAGED.find((path) => existsSync(path));
  if (packaged !== undefined) return realpathSync(packaged);
  const ofMaven = globSync(GSON_OF_MAVEN, { cwd: homedir() }).filter((path) => !/-(sources|javadoc)\.jar$/.test(path));
  const newest = ofMaven.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  return newest === undefined ? undefined : join(homedir(), newest);
}
