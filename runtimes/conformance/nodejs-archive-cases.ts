import { tarGz, zip, zipRenaming } from "./archives.ts";
import { type Case, errorOf, ONE_PAIR } from "./cases.ts";
import type { Upload } from "./target.ts";

const JS = `exports.main = () => ({ it: "works" }); exports.xyz = { deep: exports.main };`;

const works: Case["check"] = ({ init, runs, stdout, stderr }, expect) => {
  expect(init.status).toBe(200);
  expect(runs[0]).toEqual({ status: 200, body: { it: "works" } });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
};

async function binary(code: string | Promise<string>, main?: string): Promise<Upload> {
  return { code: await code, binary: true, ...(main !== undefined && { main }) };
}

function manifest(more: object = {}): string {
  return JSON.stringify({ name: "conformance", version: "1.0.0", ...more });
}

function refused(text: string | RegExp): Case["check"] {
  return ({ init, stderr, sentinels }, expect) => {
    expect(init.status).toBe(502);
    expect(errorOf(init)).toMatch(text);
    expect(stderr).toMatch(text);
    expect(sentinels).toEqual(ONE_PAIR);
  };
}

/** What an archive may hold. */
export const nodejsArchiveCases: readonly Case[] = [
  {
    id: "N12",
    title: "loads what package.json names",
    upload: binary(zip({ "package.json": manifest({ main: "lib/start.js" }), "lib/start.js": JS })),
    check: works,
  },
  {
    id: "N12",
    title: "loads index.js of a package",
    upload: binary(zip({ "package.json": manifest(), "index.js": JS })),
    check: works,
  },
  { id: "N12", title: "loads index.js alone", upload: binary(zip({ "index.js": JS })), check: works },
  {
    id: "N12",
    title: "loads a function of another file",
    upload: binary(zip({ "other.js": JS }), "other.main"),
    check: works,
  },
  {
    id: "N12",
    title: "loads a nested function of another file",
    upload: binary(zip({ "other.js": JS }), "other.xyz.deep"),
    check: works,
  },
  {
    id: "N12",
    title: "prefers the file that main names to package.json",
    upload: binary(
      zip({ "package.json": manifest({ main: "index.js" }), "index.js": "throw 1", "other.js": JS }),
      "other.main",
    ),
    check: works,
  },
  {
    id: "N12",
    title: "loads another export of index.js",
    upload: binary(zip({ "index.js": "exports.niam = () => ({ it: 'works' })" }), "niam"),
    check: works,
  },
  {
    title: "loads a package of ES modules",
    upload: binary(
      zip({
        "package.json": manifest({ type: "module", main: "start.js" }),
        "start.js": `import { it } from "./it.js"; await null; export const main = () => ({ it });`,
        "it.js": `export const it = "works";`,
      }),
    ),
    check: works,
  },
  {
    title: "loads index.mjs",
    upload: binary(zip({ "index.mjs": `export const main = () => ({ it: "works" });` })),
    check: works,
  },
  {
    title: "loads a default export",
    upload: binary(zip({ "index.mjs": `export default () => ({ it: "works" });` })),
    check: works,
  },
  {
    title: "loads a tar.gz",
    upload: binary(tarGz({ "./index.js": `module.exports = require("./lib/a")`, "lib/a.js": JS })),
    check: works,
  },
  {
    id: "N13",
    title: "says that it knows no such archive",
    upload: binary(Buffer.from("not an archive at all").toString("base64")),
    bodies: [],
    check: refused("There was an error uncompressing the action archive. The file type is unsupported"),
  },
  {
    id: "N13",
    title: "says that a zip is broken",
    upload: binary(Buffer.from("PK\x03\x04 and then nothing").toString("base64")),
    bodies: [],
    check: refused("There was an error uncompressing the action Zip archive."),
  },
  {
    id: "N13",
    title: "says that a tar.gz is broken",
    upload: binary(Buffer.from("\x1f\x8b\x08\x00 and then nothing", "latin1").toString("base64")),
    bodies: [],
    check: refused("There was an error uncompressing the action Tar GZ archive."),
  },
  {
    id: "N14",
    title: "wants package.json or index.js at the root",
    upload: binary(zip({ hello: "world" })),
    bodies: [],
    check: refused("Zipped actions must contain either package.json or index.js at the root."),
  },
  {
    id: "N15",
    title: "works in the unpacked folder",
    upload: binary(
      zip({
        "index.js": `exports.main = () => ({ text: require("fs").readFileSync("./test.txt", "utf8"), same: __dirname === process.cwd() });`,
        "test.txt": "content",
      }),
    ),
    check: ({ runs }, expect) => expect(runs[0]?.body).toEqual({ text: "content", same: true }),
  },
  {
    id: "N16",
    title: "finds packages of its own",
    upload: binary(
      zip({
        "index.js": `exports.main = () => ({ it: require("abcxyz").it });`,
        "node_modules/abcxyz/package.json": manifest({ main: "a.js" }),
        "node_modules/abcxyz/a.js": `exports.it = "works";`,
      }),
    ),
    check: works,
  },
  {
    id: "N17",
    title: "prefers its own openwhisk to the one that is offered",
    upload: binary(
      zip({
        "index.js": `exports.main = () => ({ it: require("openwhisk").it });`,
        "node_modules/openwhisk/index.js": `exports.it = "works";`,
      }),
    ),
    check: works,
  },
  {
    title: "keeps links that stay inside",
    upload: binary(
      zip({
        "index.js": `module.exports = require("./lib/link");`,
        "lib/link.js": { linkTo: "../real.js" },
        "real.js": JS,
      }),
    ),
    check: works,
  },
  {
    title: "refuses a link that leaves the folder",
    upload: binary(zip({ "index.js": JS, "a/b": { linkTo: "../../outside" } })),
    bodies: [],
    check: refused(/Zip archive\. \(the link a\/b leads out of the folder\)/),
  },
  {
    title: "refuses a link that leaves the folder by another",
    upload: binary(zip({ "index.js": JS, "a/b/c": { linkTo: "../.." }, out: { linkTo: "a/b/c/../../etc" } })),
    bodies: [],
    check: refused("leads out of the folder"),
  },
  {
    title: "refuses a file outside of the folder",
    upload: binary(zipRenaming({ "index.js": JS, "aa/evil": "x" }, "aa/evil", "../evil")),
    bodies: [],
    check: refused("lies outside of the folder"),
  },
  {
    title: "refuses a tar.gz with a file outside of the folder",
    upload: binary(tarGz({ "index.js": JS, "/tmp/evil": "x" })),
    bodies: [],
    check: refused("lies outside of the folder"),
  },
];
