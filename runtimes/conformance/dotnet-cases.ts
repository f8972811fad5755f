import { zip } from "./archives.ts";
import { type Case, errorOf, ONE_PAIR } from "./cases.ts";
import type { Assemblies } from "./dotnet-compiler.ts";
import { type Upload, withValue } from "./target.ts";

/** Blanks that some clients send after an archive. */
const BLANKS = 18_000_000;

/** An upload of the compiled actions. @param main `Echo::Main` of the namespace Example, or whole */
export type PackageOf = (main: string) => Upload;

function refused(id: string | undefined, title: string, upload: Upload | Promise<Upload>, error: string): Case {
  return {
    ...(id !== undefined && { id }),
    title,
    upload,
    bodies: [],
    check: ({ init, stdout }, expect) => {
      expect(init).toEqual({ status: 502, body: { error } });
      expect(stdout).toBe("");
    },
  };
}

/** What is refused at init, and how. */
export function dotnetInitCases(of: PackageOf, assemblies: Assemblies): Case[] {
  const unpacking = "Unable to decompress package.";
  const format = 'main required format is "Assembly::Type::Function".';
  return [
    refused("D1", "refuses what is no zip", { ...of("Echo::Main"), code: "NOTAVALIDZIPFILE" }, unpacking),
    refused(
      undefined,
      "refuses a zip that wants to leave its folder",
      zip({ ...assemblies, "x/a": "a" }).then((code) => ({ ...of("Echo::Main"), code: leaving(code) })),
      unpacking,
    ),
    refused(undefined, "refuses text", { ...of("Echo::Main"), binary: false }, "code must be binary (zip file)."),
    refused(
      "D5",
      "says that the assembly is missing",
      of("Nope::Example.Echo::Main"),
      'Unable to locate requested assembly ("Nope.dll").',
    ),
    refused("D6", "says that the type is missing", of("Nope::Main"), typed("type", "Example.Nope")),
    refused("D7", "says that the method is missing", of("Echo::Nope"), typed("method", "Nope")),
    refused(
      "D8",
      "says that the constructor needs something",
      of("NeedsMore::Main"),
      'Unable to locate appropriate constructor for ("Example.NeedsMore").',
    ),
    refused("D9", "refuses main of one part", { ...of("Echo::Main"), main: "Actions" }, format),
    refused("D10", "refuses main of two parts", { ...of("Echo::Main"), main: "Actions::Example.Echo" }, format),
    {
      id: "D3",
      title: "does not mind blanks after the code",
      upload: { ...of("Other::Naim"), code: of("Other::Naim").code + " ".repeat(BLANKS) },
      limitMs: 60_000,
      check: ({ init, runs }, expect) => expect([init.status, runs[0]?.body]).toEqual([200, {}]),
    },
  ];
}

function typed(what: string, name: string): string {
  return `Unable to locate requested ${what} ("${name}").`;
}

/** The same archive, an entry of which lies above it: names of the same length. */
function leaving(code: string): string {
  const bytes = Buffer.from(code, "base64").toString("latin1").replaceAll("x/a", "../");
  return Buffer.from(bytes, "latin1").toString("base64");
}

function answers(title: string, upload: Upload, body: unknown, id?: string): Case {
  return {
    ...(id !== undefined && { id }),
    title,
    upload,
    check: ({ runs, stdout, stderr }, expect) => {
      expect(runs[0]).toEqual({ status: 200, body });
      expect(stdout + stderr).toBe("");
    },
  };
}

function fails(title: string, upload: Upload, error: string, logged: string, id?: string): Case {
  return {
    ...(id !== undefined && { id }),
    title,
    upload,
    bodies: [{}, {}],
    check: ({ runs, stderr, sentinels }, expect) => {
      expect(runs).toEqual(runs.map(() => ({ status: 502, body: { error } })));
      expect(stderr).toContain(logged);
      expect(sentinels).toEqual({ stdout: 2, stderr: 2 });
    },
  };
}

/** What a run may return, throw and see. */
export function dotnetRunCases(of: PackageOf): Case[] {
  return [
    fails("tells what was thrown", of("Failure::Main"), "noooooooo", "System.Exception: noooooooo", "D2"),
    fails("tells what a task threw", of("Failure::MainAsync"), "noooooooo", "System.Exception: noooooooo"),
    fails("tells what the constructor threw", of("Broken::Main"), "not today", "InvalidOperationException"),
    fails(
      "refuses null",
      of("Other::Nothing"),
      "The action returned null",
      "NullReferenceException: The action returned null",
      "D11",
    ),
    fails(
      "refuses a method of other types",
      of("Other::Plain"),
      "Example.Other.Plain takes no JObject or JArray",
      "MissingMethodException",
    ),
    answers("returns an array", of("Other::Array"), ["a", "b"], "D12"),
    answers("calls a static method", of("Other::Static"), {}),
    answers("awaits a ValueTask", of("Other::Value"), {}),
    answers("passes an error on", of("Other::Failed"), { error: "sorry" }),
    answers("keeps a result on one line", of("Other::Number"), { it: [1] }),
    answers("runs in the folder of the package", of("Facts::Files"), { note: "a note" }),
    {
      id: "D4",
      title: "tells what it runs on",
      upload: of("Facts::Framework"),
      check: ({ runs, stdout, stderr }, expect) => {
        expect(errorOf(runs[0])).toMatch(/^\.NETCoreApp,Version=v\d+\.0$/);
        expect(stdout + stderr).toBe("");
      },
    },
    {
      title: "ends the last line of each stream before the sentinel",
      upload: of("Facts::Prints"),
      check: ({ stdout, stderr, sentinels }, expect) => {
        expect({ stdout, stderr, sentinels }).toEqual({ stdout: "out\n", stderr: "err\n", sentinels: ONE_PAIR });
      },
    },
    {
      title: "gives neither its descriptors nor its own settings to the action and its children",
      upload: of("Facts::Reads"),
      bodies: [{ ...withValue({}), deadline: "123" }],
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "123\n", own: -1 }),
    },
    {
      title: "is gone when the action exits",
      upload: of("Failure::Exits"),
      check: ({ runs }, expect) => expect(runs[0]?.status).toBe("gone"),
    },
  ];
}
