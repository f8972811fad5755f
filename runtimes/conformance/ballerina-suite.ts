import { describe, test } from "vitest";
import type { Jdk } from "../catalogue/find-java.ts";
import { zip } from "./archives.ts";
import { type Case, caseSuite, ONE_PAIR } from "./cases.ts";
import { type CommonSamples, commonConformance } from "./common-suite.ts";
import { type Classes, compileJava } from "./java-compiler.ts";
import { type StartTarget, type Upload, withValue } from "./target.ts";

const NOT_BUILT = { error: "The action failed to generate or locate a binary. See logs for details." };

/** A Java machine for each run, while the others of a table start theirs. */
const RUNS_LIMIT_MS = 120_000;

/** A program with a `main` of its arguments, as Ballerina's compiler makes one. What it says last is its result. */
function program(name: string, body: string): string {
  return `public class ${name} {
  public static void main(String[] args) throws Exception { ${body} }
  static String json(String value) { return value == null ? "null" : '"' + value + '"'; }
}`;
}

/** No compiler of Ballerina can be had where this is tested: these are the same kind of jar, made by Java's. */
const SOURCES = {
  Echo: program(
    "Echo",
    `System.out.println("hello stdout"); System.err.println("hello stderr"); System.out.println(args[0]);`,
  ),
  Quiet: program("Quiet", "System.out.write(System.in.readAllBytes()); System.out.println();"),
  Text: program("Text", `System.out.println("text");`),
  Unicode: program(
    "Unicode",
    `String winter = "❄ ☃ ❄";
     if (!args[0].contains("\\\\u2603")) winter = "no delimiter";
     var out = new java.io.PrintStream(System.out, true, "UTF-8");
     out.println(winter); out.println("{\\"winter\\": \\"" + winter + "\\"}");`,
  ),
  Variables: program(
    "Variables",
    `System.out.println("{\\"SOME_VAR\\":" + json(System.getenv("SOME_VAR")) + ",\\"ANOTHER_VAR\\":" + json(System.getenv("ANOTHER_VAR")) + "}");`,
  ),
  Context: program(
    "Context",
    `var found = new StringBuilder("{\\"done\\":true");
     for (String key : "api_host api_key namespace action_name action_version activation_id deadline".split(" ")) {
       found.append(",\\"" + key + "\\":" + json(System.getenv("__OW_" + key.toUpperCase())));
     }
     System.out.println(found.toString().replace("\\"done\\":true,", "") + "}");`,
  ),
  Fails: program("Fails", `System.err.println("error: no more"); System.exit(1);`),
} as const;

type Name = keyof typeof SOURCES;

/** An upload of a program of the table. */
export type ProgramOf = (name: Name) => Upload;

/** Compiles the programs of the table, for the oldest Java that there is. */
export async function ballerinaPrograms(jdks: readonly Jdk[]): Promise<ProgramOf> {
  const classes: Classes = await compileJava({ jdks, gson: "." }, SOURCES);
  const packed = Object.keys(SOURCES).map(async (name): Promise<[string, string]> => {
    const manifest = `Manifest-Version: 1.0\nMain-Class: ${name}\n`;
    const file = `${name}.class`;
    return [name, await zip({ "META-INF/MANIFEST.MF": manifest, [file]: classes[file] ?? "" })];
  });
  const jars = new Map(await Promise.all(packed));
  return (name) => ({ code: jars.get(name) ?? "", binary: true });
}

/** What actions of the ballerina kind rely on. */
export function ballerinaConformance(name: string, start: StartTarget, of: ProgramOf): void {
  const samples: CommonSamples = {
    echo: of("Echo"),
    otherMain: of("Quiet"),
    noObject: of("Text"),
    unicode: of("Unicode"),
    environment: of("Variables"),
    context: of("Context"),
    withoutCode: "refused",
  };
  commonConformance(name, start, samples, RUNS_LIMIT_MS);
  caseSuite(`${name}, for programs,`, start, cases(of));
  describe.concurrent(`${name}, in its life,`, () => {
    test("refuses to run before it was initialised", async ({ expect }) => {
      const target = await start();
      const reply = await target.run(withValue({}));
      await target.stop();
      expect(reply).toEqual({ status: 400, body: { error: "Function not initialized." } });
    });
  });
}

function refuses(title: string, upload: Upload, complaint: string): Case {
  return {
    title,
    upload,
    bodies: [],
    check: ({ init, stderr, sentinels }, expect) => {
      expect(init).toEqual({ status: 502, body: NOT_BUILT });
      expect(stderr).toContain(complaint);
      expect(sentinels).toEqual(ONE_PAIR);
    },
  };
}

function cases(of: ProgramOf): Case[] {
  return [
    refuses(
      "says of source that it is not compiled",
      { code: "public function main(string payload) {}" },
      "upload the jar that `bal build` makes",
    ),
    refuses(
      "says of a balx file that it cannot be run",
      { code: Buffer.from("ba10c0de0001", "hex").toString("base64"), binary: true },
      "a balx file is for Ballerina 0.990",
    ),
    {
      title: "says that a program failed, and runs it again",
      upload: of("Fails"),
      bodies: [{}, {}],
      limitMs: RUNS_LIMIT_MS,
      check: ({ runs, stderr }, expect) => {
        const body = { error: "The action did not return a dictionary or array." };
        expect(runs).toEqual([
          { status: 502, body },
          { status: 502, body },
        ]);
        expect(stderr).toContain("error: no more");
      },
    },
  ];
}
