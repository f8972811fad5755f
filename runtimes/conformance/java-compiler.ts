import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { JavaTools } from "../catalogue/find-java.ts";

const run = promisify(execFile);

/** Class files by their names inside a jar. */
export type Classes = Readonly<Record<string, Uint8Array>>;

/**
 * Compiles sources, given by class name, all at once: a compiler takes a second to start.
 * @param release the Java that is to run them. Default: that of the oldest JDK
 */
export async function compileJava(
  java: JavaTools,
  sources: Readonly<Record<string, string>>,
  release?: number,
): Promise<Classes> {
  const folder = await mkdtemp(join(tmpdir(), "javac-"));
  try {
    const files = await Promise.all(
      Object.entries(sources).map(async ([name, text]) => {
        const file = join(folder, "src", `${name.replaceAll(".", "/")}.java`);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
        return file;
      }),
    );
    const classes = join(folder, "classes");
    await mkdir(classes); // which only newer compilers do
    const [jdk] = java.jdks;
    if (jdk === undefined) throw new Error("no JDK");
    // Java 8's compiler has no such option, and makes nothing else.
    const wanted = release !== undefined && jdk.major > release ? ["--release", `${release}`] : [];
    const options = ["-J-XX:TieredStopAtLevel=1", "-encoding", "UTF-8", "-cp", java.gson, "-d", classes, ...wanted];
    await run(join(jdk.home, "bin/javac"), [...options, ...files]);
    const names = globSync("**/*.class", { cwd: classes }).sort();
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await readFile(join(classes, name))])),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
