import { tarGz, zip, zipRenaming } from "./archives.ts";
import type { Case } from "./cases.ts";
import { ECHO, refused } from "./php-expectations.ts";
import { NOT_BUILT, NOT_STARTED, works } from "./proxy-expectations.ts";
import type { Upload } from "./target.ts";

async function binary(code: string | Promise<string>, main?: string): Promise<Upload> {
  return { code: await code, binary: true, ...(main !== undefined && { main }) };
}

/** What an archive may hold. */
export function phpArchiveCases(): Case[] {
  const requiresOutput = `<?php require __DIR__ . "/output.php"; function main($args) { return output(); }`;
  const output = `<?php function output() { return ["it" => "works"]; }`;
  const autoload = `<?php spl_autoload_register(function ($name) { require __DIR__ . "/lib/$name.php"; });`;
  return [
    {
      id: "H9",
      title: "loads index.php and what it requires",
      upload: binary(zip({ "index.php": requiresOutput, "output.php": output })),
      check: works,
    },
    {
      id: "H9",
      title: "calls the function that main names",
      upload: binary(zip({ "index.php": ECHO }), "niam"),
      check: works,
    },
    {
      id: "H9",
      title: "loads its own vendor/autoload.php first",
      upload: binary(
        zip({
          "vendor/autoload.php": autoload,
          "vendor/lib/Agent.php": `<?php class Agent { const IT = ["it" => "works"]; }`,
          "index.php": `<?php $it = Agent::IT; function main($args) { global $it; return $it; }`,
        }),
      ),
      check: works,
    },
    {
      title: "wants vendor/autoload.php where there is a vendor",
      upload: binary(zip({ "index.php": ECHO, "vendor/lib/x.php": "" })),
      bodies: [],
      check: refused(NOT_STARTED, "Failed opening required './vendor/autoload.php'"),
    },
    {
      title: "works in the unpacked folder, where modes and empty folders are kept",
      upload: binary(
        zip({
          "index.php": `<?php function main($args) { return ["it" => trim(shell_exec("cat workfile")), "dir" => is_dir("empty")]; }`,
          "empty/": "",
          workfile: "works",
        }),
      ),
      check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ it: "works", dir: true }),
    },
    {
      title: "loads a tar.gz, with links that stay inside",
      upload: binary(
        tarGz({ "index.php": `<?php require "here/echo.php";`, "lib/echo.php": ECHO, here: { linkTo: "lib" } }),
      ),
      check: works,
    },
    {
      title: "wants index.php",
      upload: binary(zip({ "echo.php": ECHO })),
      bodies: [],
      check: refused(NOT_BUILT, "Zip file does not include index.php at the root."),
    },
    {
      title: "says that an archive is broken",
      upload: binary(Buffer.from("PK\x03\x04 and then nothing").toString("base64")),
      bodies: [],
      check: refused(NOT_BUILT, "The zip archive cannot be read"),
    },
    {
      title: "says that code is not base64",
      upload: binary("???"),
      bodies: [],
      check: refused(NOT_BUILT, "The code is not base64."),
    },
    {
      title: "refuses a file outside of the folder",
      upload: binary(zipRenaming({ "index.php": ECHO, "aa/evil": "x" }, "aa/evil", "../evil")),
      bodies: [],
      check: refused(NOT_BUILT, "lies outside of the folder"),
    },
    {
      title: "refuses a link that leaves the folder",
      upload: binary(zip({ "index.php": ECHO, "a/b": { linkTo: "../../outside" } })),
      bodies: [],
      check: refused(NOT_BUILT, "leads out of the folder"),
    },
  ];
}
