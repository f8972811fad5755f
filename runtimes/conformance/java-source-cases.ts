import { zip } from "./archives.ts";
import { type Case, errorOf, ONE_PAIR } from "./cases.ts";
import type { Classes } from "./java-compiler.ts";
import { JAVA_SOURCES } from "./java-sources.ts";
import type { Upload } from "./target.ts";

const USES_PART = `import com.google.gson.JsonObject;
public class Main {
  public static JsonObject main(JsonObject args) throws Exception {
    args.addProperty("it", new example.DynamicPart() + " " + new lib.Other());
    args.addProperty("resource", new java.util.Scanner(Main.class.getResourceAsStream("/notes/a.txt")).nextLine());
    return args;
  }
}`;
const OTHER = `package lib;\npublic class Other { public String toString() { return "works"; } }`;

/** Source, which this platform compiles where upstream's `java:8` takes jars only. */
export function javaSourceCases(classes: Classes): Case[] {
  return [
    {
      title: "says what does not compile",
      upload: { code: "public class Plain { nonsense }", main: "Plain" },
      bodies: [],
      check: ({ init, stdout, stderr, sentinels }, expect) => {
        expect(init.status).toBe(502);
        expect(errorOf(init)).toMatch(/Plain\.java:1: error: .*nonsense/s);
        expect(stderr).toContain("nonsense");
        expect(stdout).toBe("");
        expect(sentinels).toEqual(ONE_PAIR);
      },
    },
    {
      title: "does not mind what the compiler only remarks",
      upload: {
        code: `import java.util.*; ${JAVA_SOURCES.Plain.replace("JsonObject result", "List l = new ArrayList(); l.add(1); JsonObject result")}`,
        main: "Plain",
      },
      check: ({ runs, stderr }, expect) => {
        expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
        expect(stderr).toBe("");
      },
    },
    {
      title: "compiles a zip of sources, with jars and data in it",
      upload: sourceArchive(classes),
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "dynamic! works", resource: "a note" }),
    },
    {
      title: "takes source that looks like base64 for what it is not",
      upload: { code: "abcd", binary: true, main: "Plain" },
      bodies: [],
      check: ({ init }, expect) => expect(init.status).toBe(502),
    },
  ];
}

async function sourceArchive(classes: Classes): Promise<Upload> {
  const name = "example/DynamicPart.class";
  const library = await zip({ [name]: classes[name] ?? "" });
  const code = await zip({
    "Main.java": USES_PART,
    "lib/Other.java": OTHER,
    "libs/part.jar": Buffer.from(library, "base64"),
    "notes/a.txt": "a note",
  });
  return { code, binary: true, main: "Main" };
}
