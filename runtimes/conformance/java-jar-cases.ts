import { zip, zipRenaming } from "./archives.ts";
import { type Case, errorOf, NO_PAIR, ONE_PAIR } from "./cases.ts";
import type { Classes } from "./java-compiler.ts";
import { type Upload, withValue } from "./target.ts";

export const FAILED = "An error has occurred (see logs for details): ";
export const RUN_FAILED = "An error has occurred while invoking the action (see logs for details): ";

/** An upload of all classes in one jar. */
export type JarOf = (main: string) => Upload;

/** A refused init: nothing on stdout, the stack on stderr. */
function refused(error: string): Case["check"] {
  return ({ init, stdout, stderr, sentinels }, expect) => {
    expect(init.status).toBe(502);
    expect(errorOf(init)).toBe(FAILED + error);
    expect(stderr).toContain(error);
    expect(stdout).toBe("");
    expect(sentinels).toEqual(ONE_PAIR);
  };
}

/** A run that failed, its stack in the log. */
function fails(error: string): Case["check"] {
  return ({ runs, stdout, stderr }, expect) => {
    expect(runs[0]).toEqual({ status: 502, body: { error } });
    expect(stderr).toContain(error.slice(error.indexOf(": ") + 2));
    expect(stdout).toBe("");
  };
}

/** What main may name, and what a jar may hold. */
export function javaInitCases(jar: JarOf, classes: Classes): Case[] {
  const entry = (main: string, error: string): Case => ({
    id: "J1",
    title: `refuses ${main}, which is not there`,
    upload: jar(main),
    bodies: [],
    check: refused(error),
  });
  return [
    entry("example.Other", "java.lang.NoSuchMethodException: main"),
    entry("example.Other#", "java.lang.NoSuchMethodException: main"),
    entry("example.Other#main", "java.lang.NoSuchMethodException: main"),
    entry("example.Other#bogus", "java.lang.NoSuchMethodException: bogus"),
    entry("example.Otherx", "java.lang.ClassNotFoundException: example.Otherx"),
    entry("example.Other!", "java.lang.ClassNotFoundException: example.Other!"),
    {
      title: "takes a missing method's name for main",
      upload: jar("Plain#"),
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { it: "works" } }),
    },
    {
      id: "J2",
      title: "refuses a zip without the class",
      upload: binary(zip({ "hello.txt": "hello" }), "example.Echo"),
      bodies: [],
      check: refused("java.lang.ClassNotFoundException: example.Echo"),
    },
    {
      title: "refuses an archive that is broken",
      upload: binary(Promise.resolve(Buffer.from("PK\x03\x04 and then nothing").toString("base64")), "Plain"),
      bodies: [],
      check: ({ init, stderr, sentinels }, expect) => {
        expect(init.status).toBe(502);
        expect(errorOf(init)).toContain(FAILED);
        expect(stderr).toContain("Exception");
        expect(sentinels).toEqual(ONE_PAIR);
      },
    },
    {
      title: "refuses a file outside of the folder",
      upload: binary(zipRenaming({ "A.java": "class A {}", "aa/evil": "x" }, "aa/evil", "../evil"), "A"),
      bodies: [],
      check: refused("java.util.zip.ZipException: the entry ../evil lies outside of the folder"),
    },
    {
      id: "J5",
      title: "runs a class without a package, of an archive without a manifest",
      upload: binary(zip({ "Plain.class": classes["Plain.class"] ?? "" }), "Plain"),
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { it: "works" } }),
    },
    {
      title: "takes base64 with spaces behind it",
      upload: { ...jar("Plain"), code: `${jar("Plain").code}  \n` },
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { it: "works" } }),
    },
    {
      title: "writes nothing for an init that went well",
      upload: jar("Plain"),
      bodies: [],
      check: ({ stdout, stderr, sentinels }, expect) => {
        expect({ stdout, stderr, sentinels }).toEqual({ stdout: "", stderr: "", sentinels: NO_PAIR });
      },
    },
  ];
}

/** What may come of a run. */
export function javaRunCases(jar: JarOf): Case[] {
  const exits = (method: string, code: number): Case => ({
    id: "J7",
    title: `survives ${method}`,
    upload: jar(`example.Failure#${method}`),
    bodies: [{}, {}],
    check: ({ runs, stderr }, expect) => {
      const error = `${RUN_FAILED}java.lang.SecurityException: System.exit(${code}) called from within an action.`;
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error } })));
      expect(stderr).toContain("System.exit");
    },
  });
  return [
    {
      id: "J3",
      title: "answers an exception with its text, and logs its stack",
      upload: jar("example.Failure#thrown"),
      check: fails(`${RUN_FAILED}java.lang.Exception: noooooooo`),
    },
    {
      id: "J4",
      title: "returns an error as a result",
      upload: jar("example.Result#failed"),
      check: ({ runs, stdout, stderr }, expect) => {
        expect(runs[0]).toEqual({ status: 200, body: { error: "sorry" } });
        expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
      },
    },
    {
      id: "J6",
      title: "returns an array",
      upload: jar("example.Result#array"),
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: ["a", "b"] }),
    },
    exits("exits", 1),
    exits("halts", 2),
    exits("refers", 3),
    {
      id: "J8",
      title: "refuses null",
      upload: jar("example.Result#nothing"),
      check: fails(`${FAILED}java.lang.NullPointerException: The action returned null`),
    },
    {
      id: "J9",
      title: "finds classes, resources and the manifest of its jar",
      upload: jar("example.Dynamic"),
      check: ({ runs }, expect) =>
        expect(runs[0]?.body).toEqual({ it: "dynamic! dynamic!", resource: "a note", version: "1.2.3" }),
    },
    {
      title: "survives errors of the Java machine",
      upload: jar("example.Failure#deep"),
      check: ({ runs }, expect) => expect(errorOf(runs[0])).toBe(`${RUN_FAILED}java.lang.StackOverflowError`),
    },
    {
      title: "survives a lack of memory",
      upload: jar("example.Failure#memory"),
      check: ({ runs }, expect) => expect(errorOf(runs[0])).toContain("java.lang.OutOfMemoryError"),
    },
    {
      title: "tells only when it is run that a method has the wrong types",
      upload: jar("example.Result#text"),
      check: ({ init, runs }, expect) => {
        expect(init.status).toBe(200);
        expect(errorOf(runs[0])).toContain(`${FAILED}java.lang.NoSuchMethodException: `);
      },
    },
    {
      title: "calls no method of an object",
      upload: jar("example.Result#notStatic"),
      check: ({ runs }, expect) => expect(errorOf(runs[0])).toContain("java.lang.NoSuchMethodException: "),
    },
    {
      title: "has no method for an array where there is none",
      upload: jar("example.Echo"),
      bodies: [withValue([1])],
      check: fails(`${FAILED}java.lang.NoSuchMethodException: example.Echo.main(com.google.gson.JsonArray)`),
    },
    {
      title: "refuses an argument that is neither object nor array",
      upload: jar("example.Echo"),
      bodies: [withValue(17)],
      check: ({ runs }, expect) => expect(errorOf(runs[0])).toContain(`${FAILED}java.lang.IllegalStateException`),
    },
    {
      title: "refuses a number that JSON does not know",
      upload: jar("example.Result#numbers"),
      check: fails(`${FAILED}java.lang.IllegalArgumentException: JSON has no number NaN`),
    },
    {
      title: "returns text that UTF-8 cannot carry",
      upload: jar("example.Result#half"),
      check: ({ runs }, expect) => expect(runs[0]).toEqual({ status: 200, body: { it: "\ud800 ❄" } }),
    },
    {
      title: "ends the last line of output before the sentinel, and needs no open stream for it",
      upload: jar("example.Prints"),
      bodies: [{}, {}],
      check: ({ runs, stdout, stderr, sentinels }, expect) => {
        expect(runs.map(({ status }) => status)).toEqual([200, 200]);
        expect({ stdout, stderr }).toEqual({ stdout: "out\n", stderr: "err\nerr\n" });
        expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
      },
    },
    {
      title: "gives what it starts the context, an empty input, and no way to forge an answer",
      upload: jar("example.Prints#reads"),
      bodies: [{ value: {}, deadline: 17 }],
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "0\n1\n2\n3\n17\n", own: -1 }), // 3 is the folder listed
    },
  ];
}

async function binary(code: Promise<string>, main: string): Promise<Upload> {
  return { code: await code, binary: true, main };
}
