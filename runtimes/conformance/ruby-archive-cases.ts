import { tarGz, zip, zipRenaming } from "./archives.ts";
import type { Case } from "./cases.ts";
import { gem } from "./gem.ts";
import { ECHO, exactly, NO_MAIN_FILE, NO_ZIP, NOT_PARSED, refused, works } from "./ruby-expectations.ts";
import type { Upload } from "./target.ts";

/** Bundler is slow, on a busy machine more so. */
const INSTALL_LIMIT_MS = 60_000;

async function binary(code: string | Promise<string>, main?: string): Promise<Upload> {
  return { code: await code, binary: true, ...(main !== undefined && { main }) };
}

/** What an archive may hold. */
export function rubyArchiveCases(): Case[] {
  const output = `def output(data) = { it: "works" }`;
  const requiresOutput = `require __dir__ + "/output.rb"\ndef main(args) = output(args)`;
  return [
    {
      id: "R8",
      title: "loads main.rb and what it requires",
      upload: binary(zip({ "main.rb": requiresOutput, "output.rb": output })),
      check: works,
    },
    {
      id: "R8",
      title: "loads files of folders that have no entries, and calls the function that main names",
      upload: binary(zip({ "main.rb": `require_relative "lib/deep/echo"`, "lib/deep/echo.rb": ECHO }), "niam"),
      check: works,
    },
    {
      title: "works in the unpacked folder",
      upload: binary(
        zip({
          "main.rb": `def main(args) = { it: File.read("workfile"), dir: Dir.exist?("empty") }`,
          "empty/": "",
          workfile: "❄",
        }),
      ),
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "❄", dir: true }),
    },
    {
      title: "loads a tar.gz, with links that stay inside",
      upload: binary(
        tarGz({ "main.rb": `require_relative "here/echo"`, "lib/echo.rb": ECHO, here: { linkTo: "lib" } }),
      ),
      check: works,
    },
    {
      id: "R1",
      title: "says that main.rb does not parse",
      upload: binary(zip({ "main.rb": '10 PRINT "Hello!"\n20 GOTO 10' })),
      bodies: [],
      check: refused(exactly(NOT_PARSED), /main\.rb:1: syntax error/),
    },
    {
      id: "R9",
      title: "refuses what is no archive",
      upload: binary(Buffer.from(ECHO).toString("base64")),
      bodies: [],
      check: refused(exactly(NO_ZIP)),
    },
    {
      id: "R10",
      title: "wants main.rb",
      upload: binary(zip({ hello: "x" })),
      bodies: [],
      check: refused(exactly(NO_MAIN_FILE)),
    },
    {
      title: "installs the gems that it brings",
      limitMs: INSTALL_LIMIT_MS,
      upload: (async () => {
        const files = {
          Gemfile: `source "https://gems.invalid"\ngem "agent"`,
          "vendor/cache/agent-1.0.0.gem": gem("agent", "1.0.0", `module Agent\n  IT = "works"\nend`),
          "main.rb": `require "agent"\ndef main(args) = { it: Agent::IT }`,
        };
        return binary(zip(files));
      })(),
      check: works,
    },
    {
      title: "wants gems where there is a Gemfile",
      upload: binary(zip({ "main.rb": ECHO, Gemfile: "" })),
      bodies: [],
      check: refused(
        /^Invalid Binary: vendor\/cache folder is not found\. Please make sure you have used valid zip binary\.$/,
      ),
    },
    {
      title: "shows why gems could not be installed",
      limitMs: INSTALL_LIMIT_MS,
      upload: binary(zip({ "main.rb": ECHO, Gemfile: `gem "no-such-gem-at-all"`, "vendor/cache/": "" })),
      bodies: [],
      check: refused(/^Invalid Binary: failed to resolve dependencies \/ [^]*no-such-gem-at-all/),
    },
    {
      title: "says that an archive is broken",
      upload: binary(Buffer.from("PK\x03\x04 and then nothing").toString("base64")),
      bodies: [],
      check: refused(exactly(NO_ZIP), "the zip archive cannot be read"),
    },
    {
      title: "refuses a file outside of the folder",
      upload: binary(zipRenaming({ "main.rb": ECHO, "aa/evil": "x" }, "aa/evil", "../evil")),
      bodies: [],
      check: refused(exactly(NO_ZIP), "lies outside of the folder"),
    },
    {
      title: "refuses a link that leaves the folder",
      upload: binary(zip({ "main.rb": ECHO, "a/b": { linkTo: "../../outside" } })),
      bodies: [],
      check: refused(exactly(NO_ZIP), "leads out of the folder"),
    },
  ];
}
