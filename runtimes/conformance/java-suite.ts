import { describe, test } from "vitest";
import type { JavaTools } from "../catalogue/find-java.ts";
import { zip } from "./archives.ts";
import { buildConformance } from "./build-suite.ts";
import { caseSuite, errorOf } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { type Classes, compileJava } from "./java-compiler.ts";
import { type JarOf, javaInitCases, javaRunCases } from "./java-jar-cases.ts";
import { javaSourceCases } from "./java-source-cases.ts";
import { JAVA_SOURCES, type JavaClass } from "./java-sources.ts";
import { initValue, type StartTarget, type Upload, withValue } from "./target.ts";

/** The oldest Java that the tables run on. */
const OLDEST_MAJOR = 8;

/** The compiled actions of the tables. */
export interface JavaSamples {
  readonly classes: Classes;
  readonly jar: JarOf;
}

/** Compiles the actions of the tables. */
export async function javaSamples(java: JavaTools): Promise<JavaSamples> {
  const classes = await compileJava(java, JAVA_SOURCES, OLDEST_MAJOR);
  const manifest = "Manifest-Version: 1.0\nImplementation-Version: 1.2.3\n";
  const code = await zip({ "META-INF/MANIFEST.MF": manifest, ...classes, "notes/a.txt": "a note" });
  return { classes, jar: (main) => ({ code, binary: true, main }) };
}

/** What actions of the java kinds rely on. */
export function javaConformance(name: string, start: StartTarget, { classes, jar }: JavaSamples): void {
  javaCommonConformance(name, start, jar);
  caseSuite(`${name}, at init,`, start, javaInitCases(jar, classes));
  caseSuite(`${name}, at a run,`, start, javaRunCases(jar));
  caseSuite(`${name}, for source alone,`, start, javaSourceCases(classes));
  const main = "example.Other#naim";
  const files = { "src/example/Other.java": JAVA_SOURCES["example.Other"], "notes.txt": "beside it" };
  const archive = zip(files).then((code): Upload => ({ code, binary: true, main }));
  const sources = { "one file": source(main), "an archive": archive };
  buildConformance(name, start, { sources, precompiled: jar(main), limitMs: 45_000 });
  lifeConformance(name, start, jar);
}

/** What every runtime must do, by a jar and by source. */
export function javaCommonConformance(name: string, start: StartTarget, jar: JarOf): void {
  commonConformance(`${name}, for a jar`, start, common(jar));
  commonConformance(`${name}, for source`, start, common(source));
}

function source(main: string): Upload {
  return { code: JAVA_SOURCES[main.split("#")[0] as JavaClass], main };
}

function common(upload: (main: string) => Upload): CommonSamples {
  return {
    echo: upload("example.Echo"),
    otherMain: upload("example.Other#naim"),
    unicode: upload("example.Unicode"),
    environment: upload("example.Environment"),
    context: upload("example.Context"),
    withoutCode: "refused",
  };
}

function lifeConformance(name: string, start: StartTarget, jar: JarOf): void {
  describe.concurrent(`${name}, through several activations,`, () => {
    test("refuses to run before it was initialised", async ({ expect }) => {
      const target = await start();
      const reply = await target.run(withValue({}));
      await target.stop();
      expect(reply).toEqual({ status: 502, body: { error: "Cannot invoke an uninitialized action." } });
    });

    test("may be initialised after an init that failed, and remembers nothing of that", async ({ expect }) => {
      const target = await start();
      const failed = await target.init(initValue({ ...jar("Nope"), env: { SOME_VAR: "x" } }));
      const again = await target.init(initValue(jar("example.Environment")));
      const run = await target.run(withValue({}));
      await target.stop();
      expect([failed.status, again.status]).toEqual([502, 200]);
      expect(run.body).toEqual({ SOME_VAR: null, ANOTHER_VAR: null });
      expect(errorOf(failed)).toContain("ClassNotFoundException: Nope");
    });
  });
}
