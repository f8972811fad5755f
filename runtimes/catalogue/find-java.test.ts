import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import type { Launcher } from "../catalogue.ts";
import { findJava, findJdks, type JavaTools } from "./find-java.ts";
import { describeJava, javaLauncher } from "./java-launcher.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "find-java-")));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A folder that looks like a JDK. */
function jdk(version: string): string {
  const home = join(scratch, `jdk-${version}`);
  mkdirSync(join(home, "bin"), { recursive: true });
  for (const program of ["java", "javac"]) writeFileSync(join(home, "bin", program), "");
  writeFileSync(join(home, "release"), `IMPLEMENTOR="Nobody"\nJAVA_VERSION="${version}"\n`);
  return home;
}

const gson = join(scratch, "gson.jar");
writeFileSync(gson, "");

describe("the search for Java", () => {
  test("finds JDKs by variables, each version once, the one that is named for it first", ({ expect }) => {
    const [named, other] = [jdk("77.0.1"), jdk("77.0.2")];
    const found = findJava({ MERINGUE_JAVA_77: named, JAVA_HOME: other, MERINGUE_GSON: gson }) as JavaTools;
    expect(found.jdks.filter(({ major }) => major === 77)).toEqual([{ home: named, version: "77.0.1", major: 77 }]);
    expect(found.gson).toBe(gson);
  });

  test("leaves out what is too old, and what has no compiler", ({ expect }) => {
    const old = jdk("1.7.0_352");
    const runtimeOnly = jdk("78.0.1");
    rmSync(join(runtimeOnly, "bin/javac"));
    const found = findJava({ MERINGUE_JAVA_7: old, MERINGUE_JAVA_78: runtimeOnly, MERINGUE_GSON: gson });
    const homes = typeof found === "string" ? [] : found.jdks.map(({ home }) => home);
    expect(homes).not.toContain(old);
    expect(homes).not.toContain(runtimeOnly);
  });

  test("knows Java 8 by its own way of counting, and in Debian's form, which does not tell its version", ({
    expect,
  }) => {
    const told = jdk("1.8.0_402");
    expect(findJdks({ MERINGUE_JAVA_8: told })[0]).toEqual({ home: told, version: "1.8.0_402", major: 8 });
    expect(findJdks({ MERINGUE_JAVA_8: told }, 9).map(({ home }) => home)).not.toContain(told);
    const silent = jdk("8-of-debian");
    rmSync(join(silent, "release"));
    expect(findJdks({ MERINGUE_JAVA_8: silent }).map(({ home }) => home)).not.toContain(silent);
    mkdirSync(join(silent, "jre/lib/ext"), { recursive: true });
    writeFileSync(join(silent, "jre/lib/ext/nashorn.jar"), "");
    expect(findJdks({ MERINGUE_JAVA_8: silent })[0]).toEqual({ home: silent, version: "1.8", major: 8 });
  });

  test("says that Gson is missing", ({ expect }) => {
    expect(findJava({ JAVA_HOME: jdk("77.0.1"), MERINGUE_GSON: join(scratch, "absent.jar") })).toBe(
      "no Gson: install libgoogle-gson-java, or name its jar in MERINGUE_GSON",
    );
  });
});

describe("the launcher of java kinds", () => {
  const java: JavaTools = {
    gson,
    jdks: [
      { home: "/usr/lib/jvm/old", version: "1.8.0_402", major: 8 },
      { home: "/usr/lib/jvm/a", version: "17.0.1", major: 17 },
      { home: "/opt/b", version: "21.0.1", major: 21 },
    ],
  };

  test("takes the nearest JDK that is not older than the kind", ({ expect }) => {
    const lines = ["8", "11", "17", "18", "22", undefined].map((major) => describeJava(`java:${major}`, major, java));
    expect(lines).toEqual([
      "java:8 runs on Java 1.8.0_402 (/usr/lib/jvm/old)",
      "java:11 runs on Java 17.0.1 (/usr/lib/jvm/a)",
      "java:17 runs on Java 17.0.1 (/usr/lib/jvm/a)",
      "java:18 runs on Java 21.0.1 (/opt/b)",
      "java:22 cannot be run: no JDK 22 or newer",
      "java:undefined runs on Java 17.0.1 (/usr/lib/jvm/a)",
    ]);
    expect(describeJava("java:17", "17", "no JDK")).toBe("java:17 cannot be run: no JDK");
    expect(javaLauncher(java, "22", "/r")).toBe("no JDK 22 or newer");
  });

  test("tells an old Java nothing that it does not know", ({ expect }) => {
    const argvOf = (major: string): readonly string[] => (javaLauncher(java, major, "/r") as Launcher).argv;
    const newer = ["-Xlog:disable", "-XX:SharedArchiveFile=/proc/self/fd/9"];
    expect(argvOf("17")).toEqual(expect.arrayContaining(newer));
    expect(argvOf("8").filter((word) => newer.includes(word))).toEqual([]);
  });

  test("shows a JDK from elsewhere inside, and tells Java how much memory there is", ({ expect }) => {
    const inSystem = javaLauncher(java, "17", "/r", 128);
    const elsewhere = javaLauncher(java, "21", "/r", 512);
    expect(inSystem).toMatchObject({ argv: expect.arrayContaining(["/usr/lib/jvm/a/bin/java", "-Xmx64m"]) as unknown });
    expect(elsewhere).toMatchObject({
      argv: expect.arrayContaining(["/runtime/jdk/bin/java", "-Xmx344m"]) as unknown,
      binds: [
        { source: "/r/java", target: "/runtime/java" },
        { source: "/opt/b", target: "/runtime/jdk" },
      ],
    });
  });
});
